import { expect, test } from 'vitest';
import { countsOf, reportOf } from './report';

const entries = [
  { name: 'a/1.jpg' },
  { name: 'notes.txt', error: 'It is not a JPEG, PNG, WebP or TIFF.' },
  { name: 'a/2.jpg' },
  { name: 'empty.jpg', error: 'It is empty.' },
  { name: 'list.csv', error: 'It is not a JPEG, PNG, WebP or TIFF.' },
];

test('entries are told by what became of them, the most frequent reason first', () => {
  expect(reportOf(entries)).toEqual({
    added: ['a/1.jpg', 'a/2.jpg'],
    refused: [
      { reason: 'It is not a JPEG, PNG, WebP or TIFF.', names: ['notes.txt', 'list.csv'] },
      { reason: 'It is empty.', names: ['empty.jpg'] },
    ],
  });
});

test('entries are counted', () => {
  expect(countsOf(entries)).toEqual({ added: 2, refused: 3 });
  expect(countsOf([])).toEqual({ added: 0, refused: 0 });
});

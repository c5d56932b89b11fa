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
  expect(reportOf(entries, (_kind, sentence) => sentence ?? '')).toEqual({
    added: ['a/1.jpg', 'a/2.jpg'],
    refused: [
      { reason: 'It is not a JPEG, PNG, WebP or TIFF.', names: ['notes.txt', 'list.csv'] },
      { reason: 'It is empty.', names: ['empty.jpg'] },
    ],
  });
});

test('entries of one kind are told together, whatever their sentences', () => {
  const methods = [12, 14].map((method) => ({
    name: `${method}.jpg`,
    error: `It is compressed in a way that is not supported (method ${method}).`,
    error_kind: 'unknown_compression',
  }));
  expect(reportOf(methods, (kind) => kind ?? '').refused).toEqual([
    { reason: 'unknown_compression', names: ['12.jpg', '14.jpg'] },
  ]);
});

test('entries are counted', () => {
  expect(countsOf(entries)).toEqual({ added: 2, refused: 3 });
  expect(countsOf([])).toEqual({ added: 0, refused: 0 });
});

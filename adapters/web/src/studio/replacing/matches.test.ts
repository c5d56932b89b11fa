import { expect, test } from 'vitest';
import type { Schema } from '../../api/http';
import { claimsOf, grouped, matchesOf as joined, onlyChoices, pairsOf, undecided } from './matches';
import type { Decisions } from './matches';

const file = (name: string) => new File(['x'], name);
const upload = (photo_id: string) => ({ filename: '', upload_id: `u-${photo_id}`, photo_id, url: 'to' });
const matched = (photo_id: string): Schema['MatchEntry'] => ({
  filename: '',
  outcome: 'matched',
  photo_id,
  upload: upload(photo_id),
});
const ambiguous = (...candidates: string[]): Schema['MatchEntry'] => ({
  filename: '',
  outcome: 'ambiguous',
  candidates,
});
const matchesOf = (files: File[], entries: Schema['MatchEntry'][]) =>
  joined(files, entries, ({ detail }) => detail);
const decided = (chosen: [File, string][] = [], leftOut: File[] = []): Decisions => ({
  chosen: new Map(chosen),
  leftOut: new Set(leftOut),
});

test('files are sorted by what the server found, in the order of the folder', () => {
  const files = ['a', 'b', 'c', 'd', 'e'].map(file);
  const matches = matchesOf(files, [
    matched('1'),
    ambiguous('2', '3'),
    { filename: 'c', outcome: 'unmatched' },
    { filename: 'd', outcome: 'unchanged', photo_id: '4' },
    { filename: 'e', error: { type: 'x', title: 'No', status: 415, detail: 'Not a picture.' } },
  ]);
  const groups = grouped(matches);
  expect(Object.values(groups).map((group) => group.length)).toEqual([1, 1, 1, 1, 1]);
  expect(groups.matched[0]?.ticket?.upload_id).toBe('u-1');
  expect(groups.refused[0]?.reason).toBe('Not a picture.');
});

test('a photo that files of two requests claim is certain for none of them', () => {
  const [first, second] = [file('a-Edit.jpg'), file('a-Edit-2.jpg')];
  const matches = matchesOf([first, second], [matched('1'), matched('1')]);
  expect(matches.map(({ outcome, ticket }) => [outcome, ticket])).toEqual([
    ['ambiguous', null],
    ['ambiguous', null],
  ]);
  expect(matches[0]?.candidates).toEqual(['1']);
  expect(pairsOf(matches, decided())).toEqual([]);
});

test('nothing is replaced without a decision', () => {
  const [sure, unsure] = [file('a'), file('b')];
  const matches = matchesOf([sure, unsure], [matched('1'), ambiguous('2', '3')]);
  expect(pairsOf(matches, decided()).map(({ photoId }) => photoId)).toEqual(['1']);
  expect(undecided(matches, decided())).toBe(1);
  const pairs = pairsOf(matches, decided([[unsure, '3']], [sure]));
  expect(pairs.map(({ photoId }) => photoId)).toEqual(['3']);
  expect(claimsOf(pairs).get('3')).toBe(unsure);
  expect(undecided(matches, decided([], [unsure]))).toBe(0);
});

test('a photo that was chosen for a file that is left out is not replaced', () => {
  const unsure = file('b');
  const matches = matchesOf([unsure], [ambiguous('2', '3')]);
  expect(pairsOf(matches, decided([[unsure, '2']], [unsure]))).toEqual([]);
});

test('only candidates are taken together, unless two files have the same', () => {
  const files = ['a', 'b', 'c', 'd', 'e'].map(file);
  const matches = matchesOf(files, [
    matched('1'),
    ambiguous('1'),
    ambiguous('2'),
    ambiguous('2'),
    ambiguous('3'),
  ]);
  expect([...onlyChoices(matches, decided())]).toEqual([[files[4], '3']]);
});

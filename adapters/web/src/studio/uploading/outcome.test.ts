import { expect, test } from 'vitest';
import type { Schema } from '../../api/http';
import { archiveOutcome, replacementOutcome } from './outcome';

const next = (state: string, filename = 'a.jpg', failure?: string): Schema['Replacement'] => ({
  filename,
  state,
  created_at: '',
  ...(failure === undefined ? {} : { failure }),
});
const told = (kind?: string | null, sentence?: string | null) => [kind, sentence].filter(Boolean).join(': ');
const stateOf = (photo: Parameters<typeof replacementOutcome>[0]) =>
  replacementOutcome(photo, 'a.jpg', 'superseded', told);

test('an edited file is in work until the photo has it', () => {
  expect(stateOf({ replacement: next('processing') }).state).toBe('working');
  expect(stateOf({ replacement_filename: 'a.jpg' }).state).toBe('done');
});

test('a refused file says why', () => {
  expect(stateOf({ replacement: next('refused', 'a.jpg', 'Damaged.') })).toEqual({
    state: 'refused',
    reason: 'Damaged.',
  });
});

test('a file whose place another one took is not called done', () => {
  const superseded = { state: 'refused', reason: 'superseded' };
  expect(stateOf({ replacement_filename: 'b.jpg' })).toEqual(superseded);
  expect(stateOf({ replacement: next('processing', 'b.jpg') })).toEqual(superseded);
  // A newer ticket for a file of the same name: what had arrived is dropped.
  expect(stateOf({ replacement: next('pending') })).toEqual(superseded);
  expect(stateOf({})).toEqual(superseded);
});

test('an archive is in work until all of it was looked at', () => {
  expect(archiveOutcome({ state: 'expanding' }, told).state).toBe('working');
  expect(archiveOutcome({ state: 'expanded' }, told).state).toBe('done');
  const failed = { state: 'failed', failure: 'No ZIP file.', failure_kind: 'no_archive' };
  expect(archiveOutcome(failed, told)).toEqual({ state: 'refused', reason: 'no_archive: No ZIP file.' });
});

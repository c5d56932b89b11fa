import { expect, test } from 'vitest';
import { stepsOf } from './first-steps';

const done = (...args: Parameters<typeof stepsOf>) =>
  stepsOf(...args)
    .filter((step) => step.done)
    .map((step) => step.key);

test('a new studio has everything before it', () => {
  expect(done(undefined, false, false)).toEqual([]);
});

test('photos and a look at the watermark count', () => {
  expect(done({ id: '1', photo_count: 3 }, true, false)).toEqual(['gallery', 'upload', 'watermark']);
});

test('who has sent a link was content with the watermark', () => {
  expect(done({ id: '1', photo_count: 3 }, false, true)).toEqual(['gallery', 'upload', 'watermark', 'share']);
});

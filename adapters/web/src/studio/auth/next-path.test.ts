import { expect, test } from 'vitest';
import { nextPath } from './next-path';

test('the path that was asked for comes next', () => {
  expect(nextPath('?next=%2Fgalleries%2F1%3Ftab%3Dshares')).toBe('/galleries/1?tab=shares');
});

test('without one it is the first page', () => {
  expect(nextPath('')).toBe('/');
});

test.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)'])(
  '%s is no path of the studio',
  (next) => {
    expect(nextPath(`?next=${encodeURIComponent(next)}`)).toBe('/');
  },
);

import { expect, it } from 'vitest';
import { contrast, inkOn, legibility, parseColour } from './contrast';

it('measures as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#ffffff', '#ffffff')).toBe(1);
  // The grey that WCAG's own material names as the lightest that passes on white.
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

it('judges for text', () => {
  expect(legibility(4.5)).toBe('good');
  expect(legibility(4.49)).toBe('large_only');
  expect(legibility(2.99)).toBe('poor');
});

it('chooses the ink', () => {
  expect(inkOn('#1f2937')).toBe('#ffffff');
  expect(inkOn('#ffd54a')).toBe('#000000');
});

it('takes only the form that the API takes', () => {
  expect(parseColour('#1F2937')).toEqual([31, 41, 55]);
  expect(parseColour('#fff')).toBeNull();
  expect(parseColour('teal')).toBeNull();
});

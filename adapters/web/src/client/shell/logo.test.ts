import { describe, expect, it } from 'vitest';
import { inkOfPixels } from './logo';

/** Pixels of which one in four has this colour, and the rest the other one. */
function pixels(colour: number[], rest: number[]): Uint8ClampedArray {
  return Uint8ClampedArray.from([colour, rest, rest, rest].flat());
}

describe('inkOfPixels', () => {
  it('tells light ink from dark ink on a transparent ground', () => {
    expect(inkOfPixels(pixels([20, 20, 60, 255], [0, 0, 0, 0]))).toBe('dark');
    expect(inkOfPixels(pixels([250, 240, 230, 255], [0, 0, 0, 0]))).toBe('light');
  });

  it('knows a logo with a ground of its own', () => {
    expect(inkOfPixels(pixels([0, 0, 0, 255], [255, 255, 255, 255]))).toBe('opaque');
  });

  it('leaves one alone that shows nothing', () => {
    expect(inkOfPixels(pixels([0, 0, 0, 0], [0, 0, 0, 0]))).toBe('opaque');
  });
});

import { describe, expect, it } from 'vitest';
import { areaOf, aspectFor, centred, isTurnedArea, placementOf, restrained } from './crop';

const wide = { width: 6000, height: 4000 };
const tall = { width: 4000, height: 6000 };
const paper = { width: 100, height: 150 };
const square = { width: 200, height: 200 };

describe('aspectFor', () => {
  it('turns the paper as the photo is', () => {
    expect(aspectFor(wide, paper)).toBeCloseTo(1.5);
    expect(aspectFor(tall, paper)).toBeCloseTo(1 / 1.5);
    expect(aspectFor(wide, paper, true)).toBeCloseTo(1 / 1.5);
    expect(aspectFor(wide, square)).toBe(1);
  });
});

describe('centred', () => {
  it('is the whole photo where the paper fits', () => {
    expect(centred(wide, 1.5)).toEqual({ x: 0, y: 0, width: 1, height: 1 });
  });

  it('cuts off as much at both sides', () => {
    expect(centred(wide, 1)).toEqual({ x: (1 - 2 / 3) / 2, y: 0, width: 2 / 3, height: 1 });
  });
});

describe('placement', () => {
  const shown = { width: 600, height: 400 };

  it.each([
    { x: 0.1, y: 0.2, width: 0.6, height: 0.6 },
    { x: 0, y: 0, width: 1, height: 1 },
    { x: 0.5, y: 0.5, width: 0.5, height: 0.5 },
  ])('reads back the area %o', (area) => {
    const read = areaOf(placementOf(area, shown, 1.5), shown, 1.5);
    for (const side of ['x', 'y', 'width', 'height'] as const) expect(read[side]).toBeCloseTo(area[side], 9);
  });

  it('does not leave the picture', () => {
    const pushed = restrained({ crop: { x: 9_999, y: -9_999 }, zoom: 2 }, shown, 1.5);
    const area = areaOf(pushed, shown, 1.5);
    expect(area.x).toBeCloseTo(0);
    expect(area.y + area.height).toBeCloseTo(1);
  });
});

describe('isTurnedArea', () => {
  it('compares in pixels', () => {
    expect(isTurnedArea({ x: 0, y: 0, width: 0.4, height: 0.6 }, wide)).toBe(false);
    expect(isTurnedArea({ x: 0, y: 0, width: 0.3, height: 1 }, wide)).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { accentTokens, contrast, parseColour } from './accent';

const colours = ['#ffffff', '#000000', '#ffe600', '#0000ff', '#a8371c', '#808080', '#00ff88', '#123456'];

describe('accentTokens', () => {
  it.each(colours)('makes %s readable in both themes', (accent) => {
    const tokens = accentTokens(accent);
    const shades = (name: string) =>
      (tokens[name]?.match(/#[0-9a-f]{6}/g) ?? []).map((c) => parseColour(c) as [number, number, number]);
    const [light, dark] = shades('--accent');
    const [onLight, onDark] = shades('--on-accent');
    const paper = parseColour('#f1ede7') as [number, number, number];
    const surface = parseColour('#201d1a') as [number, number, number];
    if (!light || !dark || !onLight || !onDark) throw new Error('a shade is missing');
    expect(contrast(light, paper)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark, surface)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(light, onLight)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark, onDark)).toBeGreaterThanOrEqual(4.5);
  });

  it('leaves a readable accent as it is', () => {
    expect(accentTokens('#7a1f0b')['--accent']).toContain('#7a1f0b');
  });

  it('sets nothing for what is no colour', () => {
    expect(accentTokens('red; }')).toEqual({});
  });
});

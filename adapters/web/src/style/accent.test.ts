import { describe, expect, it } from 'vitest';
import { accentShades, accentTokens, contrast, parseColour } from './accent';

const colours = ['#ffffff', '#000000', '#ffe600', '#0000ff', '#a8371c', '#808080', '#00ff88', '#123456'];

describe('accentTokens', () => {
  it.each(colours)('makes %s readable in both themes', (accent) => {
    const tokens = accentTokens(accent);
    const shade = (name: string) => parseColour(tokens[name] ?? '');
    const [light, dark] = [shade('--accent-light'), shade('--accent-dark')];
    const [onLight, onDark] = [shade('--on-accent-light'), shade('--on-accent-dark')];
    const paper = parseColour('#f1ede7') as [number, number, number];
    const surface = parseColour('#201d1a') as [number, number, number];
    if (!light || !dark || !onLight || !onDark) throw new Error('a shade is missing');
    expect(contrast(light, paper)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark, surface)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(light, onLight)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark, onDark)).toBeGreaterThanOrEqual(4.5);
  });

  it('leaves a readable accent as it is', () => {
    expect(accentTokens('#7a1f0b')['--accent-light']).toBe('#7a1f0b');
  });

  it('makes a dark grey light enough to look like a button in the dark theme', () => {
    const dark = parseColour(accentTokens('#1f2937')['--accent-dark'] ?? '');
    expect(contrast(dark as [number, number, number], [0x20, 0x1d, 0x1a])).toBeGreaterThan(9);
  });

  it('sets nothing for what is no colour', () => {
    expect(accentTokens('red; }')).toEqual({});
  });
});

describe('accentShades', () => {
  it('says where the colour is shown as it was chosen', () => {
    const shades = accentShades('#1F2937');
    expect(shades?.light).toMatchObject({ colour: '#1f2937', isAsChosen: true });
    expect(shades?.dark.isAsChosen).toBe(false);
    expect(shades?.dark.contrast).toBeLessThan(4.5);
    expect(accentShades('teal')).toBeNull();
  });
});

/** Contrast of colours, as WCAG 2.2 defines it (relative luminance of sRGB, 1.4.3). */
type Rgb = [number, number, number];

/** A colour of the form `#rrggbb`; null for anything else. */
export function parseColour(text: string): Rgb | null {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim());
  if (match === null) return null;
  const [red = 0, green = 0, blue = 0] = match.slice(1).map((part) => parseInt(part, 16));
  return [red, green, blue];
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** From 1 (the same) to 21 (black on white); null when one of them is no colour. */
export function contrast(one: string, other: string): number | null {
  const [a, b] = [parseColour(one), parseColour(other)];
  if (a === null || b === null) return null;
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

export type Legibility = 'good' | 'large_only' | 'poor';

/** WCAG AA asks 4.5 of text and 3 of large text and of controls. */
export function legibility(ratio: number): Legibility {
  if (ratio >= 4.5) return 'good';
  return ratio >= 3 ? 'large_only' : 'poor';
}

/** The one of black and white that is easier to read on `colour`. */
export function inkOn(colour: string): '#000000' | '#ffffff' {
  return (contrast(colour, '#ffffff') ?? 21) >= (contrast(colour, '#000000') ?? 1) ? '#ffffff' : '#000000';
}

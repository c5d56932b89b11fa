/**
 * A studio chooses any colour as its accent. Text and buttons need 4.5:1 (WCAG 1.4.3) in the light and in the dark
 * theme, so each theme gets the nearest shade that has it.
 */
type Rgb = [number, number, number];

/** The darkest ground of the light theme and the lightest of the dark one: `--sunken` and `--surface` of tokens.css. */
const LIGHT_GROUND: Rgb = [0xf1, 0xed, 0xe7];
const DARK_GROUND: Rgb = [0x2b, 0x27, 0x23];
const WHITE: Rgb = [255, 255, 255];
const INK: Rgb = [0x14, 0x12, 0x10];
const ENOUGH = 4.6;
/** A grey that just stands out from a dark page looks like a button that cannot be pressed; this one does not. */
const ENOUGH_FOR_GREY = 9;
/** Colours whose strongest and weakest part differ by less than this are seen as grey. */
const GREY_SPREAD = 48;

export function parseColour(text: string): Rgb | null {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim());
  if (found === null) return null;
  return [found[1], found[2], found[3]].map((part) => parseInt(part as string, 16)) as Rgb;
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

export function contrast(one: Rgb, other: Rgb): number {
  const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** `colour`, mixed with `towards` as little as it takes to stand out from `ground`. */
function readable(colour: Rgb, ground: Rgb, towards: Rgb): Rgb {
  for (let step = 0; step <= 50; step += 1) {
    const mixed = colour.map((part, n) =>
      Math.round(part + ((towards[n] as number) - part) * (step / 50)),
    ) as Rgb;
    const enough = step > 0 && towards === WHITE && isGrey(mixed) ? ENOUGH_FOR_GREY : ENOUGH;
    if (contrast(mixed, ground) >= enough) return mixed;
  }
  return towards;
}

function isGrey(colour: Rgb): boolean {
  return Math.max(...colour) - Math.min(...colour) < GREY_SPREAD;
}

function onTop(colour: Rgb): Rgb {
  return contrast(WHITE, colour) >= contrast(INK, colour) ? WHITE : INK;
}

function hex(colour: Rgb): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** How one theme shows an accent: the contrast that the colour itself has there, and the shade that is shown. */
export interface Shade {
  contrast: number;
  colour: string;
  isAsChosen: boolean;
}

/** How both themes show an accent; null for something that is no colour. */
export function accentShades(accent: string): { light: Shade; dark: Shade } | null {
  const colour = parseColour(accent);
  if (colour === null) return null;
  const shade = (ground: Rgb, towards: Rgb): Shade => {
    const shown = hex(readable(colour, ground, towards));
    return { contrast: contrast(colour, ground), colour: shown, isAsChosen: shown === hex(colour) };
  };
  return { light: shade(LIGHT_GROUND, INK), dark: shade(DARK_GROUND, WHITE) };
}

/**
 * The tokens that the accent sets, one for each theme; none for something that is no colour. `tokens.css` chooses between
 * them: a `light-dark()` that a script sets would mean nothing to a browser for which the build rewrites those of files.
 */
export function accentTokens(accent: string): Record<string, string> {
  const colour = parseColour(accent);
  if (colour === null) return {};
  const light = readable(colour, LIGHT_GROUND, INK);
  const dark = readable(colour, DARK_GROUND, WHITE);
  return {
    '--accent-light': hex(light),
    '--accent-dark': hex(dark),
    '--on-accent-light': hex(onTop(light)),
    '--on-accent-dark': hex(onTop(dark)),
  };
}

export function applyAccent(accent: string): void {
  for (const [token, value] of Object.entries(accentTokens(accent))) {
    document.documentElement.style.setProperty(token, value);
  }
}

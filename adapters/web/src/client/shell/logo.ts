/** How a logo is drawn: with a ground of its own, or on a transparent one, in ink that is mostly light or dark. */
export type Ink = 'opaque' | 'light' | 'dark';

/** A logo is looked at this small, in pixels: its colours stay, and it is few bytes to read. */
const SIDE = 48;

/** Looks at a logo that has come. One that cannot be looked at is shown as it is. */
export function inkOf(image: HTMLImageElement): Ink {
  try {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = SIDE;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (context === null) return 'opaque';
    context.drawImage(image, 0, 0, SIDE, SIDE);
    return inkOfPixels(context.getImageData(0, 0, SIDE, SIDE).data);
  } catch {
    return 'opaque';
  }
}

/** The same for pixels of four bytes: red, green, blue, alpha. */
export function inkOfPixels(pixels: Uint8ClampedArray): Ink {
  let covered = 0;
  let bright = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const [red, green, blue, alpha] = pixels.subarray(at, at + 4) as unknown as [
      number,
      number,
      number,
      number,
    ];
    covered += alpha / 255;
    // Luma as the eye weighs colours (ITU-R BT.709).
    bright += ((0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255) * (alpha / 255);
  }
  const count = pixels.length / 4;
  if (covered > 0.97 * count || covered === 0) return 'opaque';
  return bright / covered > 0.6 ? 'light' : 'dark';
}

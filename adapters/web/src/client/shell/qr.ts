import { encode } from 'uqr';

/** A QR code as one path of unit squares, with the quiet zone that readers need. */
export function squaresOf(text: string): { path: string; side: number } {
  const { data, size } = encode(text, { border: 4, ecc: 'M' });
  let path = '';
  data.forEach((row, y) => {
    row.forEach((isDark, x) => {
      if (isDark) path += `M${x} ${y}h1v1h-1z`;
    });
  });
  return { path, side: size };
}

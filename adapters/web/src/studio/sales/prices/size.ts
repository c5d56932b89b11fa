import { locale } from '../../../texts/locale';

const MILLIMETRES_PER_INCH = 25.4;

function shortNumber(value: number, digits: number): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
}

/** "100 × 150 mm". */
export function millimetres(width: number, height: number): string {
  return `${shortNumber(width, 1)} × ${shortNumber(height, 1)} mm`;
}

/** "10 × 15 cm". */
export function centimetres(width: number, height: number): string {
  return `${shortNumber(width / 10, 1)} × ${shortNumber(height / 10, 1)} cm`;
}

/** "3.9 × 5.9 in". */
export function inches(width: number, height: number): string {
  const [w, h] = [width, height].map((side) => shortNumber(side / MILLIMETRES_PER_INCH, 1));
  return `${w} × ${h} in`;
}

/** The pixels at which a print is no longer marginal: one and a half times of its smallest resolution. */
export function goodPixels(width: number, height: number, minDpi: number): { width: number; height: number } {
  const pixels = (side: number) => Math.round(((side / MILLIMETRES_PER_INCH) * minDpi * 3) / 2);
  return { width: pixels(width), height: pixels(height) };
}

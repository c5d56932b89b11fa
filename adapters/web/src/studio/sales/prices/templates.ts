import type { Schema } from '../../../api/http';
import { minorDigits } from '../../../texts/format';
import { t } from '../../../texts/sales';
import { centimetres } from './size';

type Draft = Schema['ProductDraft'];

export const templateNames = ['classic', 'art', 'inches', 'files', 'none'] as const;
export type TemplateName = (typeof templateNames)[number];

const texts = t.prices.item;
const MILLIMETRES_PER_INCH = 25.4;

/** A price of a template, in whole units. Currencies without decimals count about a hundred times as much. */
function price(units: number, currency: string): Schema['Money'] {
  const digits = minorDigits(currency);
  return { amount: Math.round(units * (digits === 0 ? 100 : 10 ** digits)), currency };
}

type Size = [width: number, height: number, units: number];

function print(
  [width, height, units]: Size,
  name: string,
  finish: string,
  dpi: number,
  currency: string,
): Draft {
  return {
    name,
    kind: 'print',
    width_mm: width,
    height_mm: height,
    finish,
    price: price(units, currency),
    min_dpi: dpi,
    below_min_dpi: 'warn',
  };
}

function file(name: string, units: number, currency: string): Draft {
  return { name, kind: 'digital', price: price(units, currency) };
}

/** The formats that European labs print from rolls, in millimetres. */
const classic: Size[] = [
  [100, 150, 2.5],
  [130, 180, 4.5],
  [150, 200, 6.5],
  [200, 200, 9],
  [200, 300, 14],
  [300, 450, 32],
];

/** ISO 216 and the common frames, for a giclée printer. Large ones are seen from afar, so they need less resolution. */
const art: Size[] = [
  [210, 297, 45],
  [297, 420, 75],
  [300, 400, 70],
  [400, 500, 110],
  [500, 700, 160],
  [600, 900, 240],
];

const inchSizes: Size[] = [
  [4, 6, 2.5],
  [5, 7, 4.5],
  [8, 8, 12],
  [8, 10, 14],
  [11, 14, 28],
  [16, 20, 55],
];

/** The products that a new list starts with. */
export function template(name: TemplateName, currency: string): Draft[] {
  switch (name) {
    case 'classic':
      return [
        ...classic.map((size) => print(size, centimetres(size[0], size[1]), texts.lustre, 150, currency)),
        file(texts.fullFile, 15, currency),
      ];
    case 'art':
      return art.map((size) =>
        print(size, centimetres(size[0], size[1]), texts.cotton, size[1] > 450 ? 100 : 150, currency),
      );
    case 'inches':
      return [
        ...inchSizes.map(([width, height, units]) =>
          print(
            [toMillimetres(width), toMillimetres(height), units],
            `${width} × ${height} in`,
            texts.lustre,
            150,
            currency,
          ),
        ),
        file(texts.fullFile, 15, currency),
      ];
    case 'files':
      return [file(texts.webFile, 8, currency), file(texts.fullFile, 15, currency)];
    case 'none':
      return [];
  }
}

/** To a tenth of a millimetre, which is as exact as the API keeps it. */
function toMillimetres(inches: number): number {
  return Math.round(inches * MILLIMETRES_PER_INCH * 10) / 10;
}

import type { Schema } from '../../../api/http';
import { locale } from '../../../texts/locale';
import { amountText, parseAmount } from './amount';

export type ProductField = 'name' | 'width_mm' | 'height_mm' | 'price' | 'min_dpi' | 'print_dpi' | 'finish';

/** What the API takes (`PrintSize`, `MinDpi`, `PrintDpi` and `Name` of the core). */
const LARGEST_MM = 5_000;
const DPI = { least: 36, most: 1_200, usual: 150 };
const PRINT_DPI = { least: 72, most: 600, usual: 300 };
const LONGEST_NAME = 200;

/** A length as typed, with a point or a comma; null for what is none or too small or large. */
export function parseMillimetres(text: string): number | null {
  const bare = text.trim().replace(',', '.');
  if (!/^\d+(\.\d*)?$/.test(bare)) return null;
  const value = Math.round(Number(bare) * 10) / 10;
  return value >= 1 && value <= LARGEST_MM ? value : null;
}

function parseDpi(text: string, { least, most }: typeof DPI): number | null {
  const value = Number(text.trim());
  return Number.isInteger(value) && value >= least && value <= most ? value : null;
}

/** A product as it is typed. */
export class ProductForm {
  readonly id: string | undefined;
  readonly currency: string;
  name = $state('');
  kind: 'print' | 'digital' = $state('print');
  width = $state('');
  height = $state('');
  finish = $state('');
  price = $state('');
  minDpi = $state(String(DPI.usual));
  below: 'warn' | 'refuse' = $state('warn');
  /** The resolution of the files that a lab gets. */
  printDpi = $state(String(PRINT_DPI.usual));

  constructor(currency: string, product: Schema['Product'] | null) {
    this.currency = currency;
    this.id = product?.id;
    if (product === null) return;
    const length = new Intl.NumberFormat(locale, { maximumFractionDigits: 1, useGrouping: false });
    this.name = product.name;
    this.kind = product.kind === 'digital' ? 'digital' : 'print';
    this.width = product.width_mm ? length.format(product.width_mm) : '';
    this.height = product.height_mm ? length.format(product.height_mm) : '';
    this.finish = product.finish ?? '';
    this.price = amountText(product.price.amount, currency, locale);
    this.minDpi = String(product.min_dpi ?? DPI.usual);
    this.printDpi = String(product.print_dpi ?? PRINT_DPI.usual);
    this.below = product.below_min_dpi === 'refuse' ? 'refuse' : 'warn';
  }

  /** Both sides in millimetres, once both are typed. */
  get size(): { width: number; height: number } | null {
    const [width, height] = [parseMillimetres(this.width), parseMillimetres(this.height)];
    return width !== null && height !== null ? { width, height } : null;
  }

  get dpi(): number | null {
    return parseDpi(this.minDpi, DPI);
  }

  get labDpi(): number | null {
    return parseDpi(this.printDpi, PRINT_DPI);
  }

  wrong(): ProductField[] {
    const wrong: ProductField[] = [];
    const name = this.name.trim();
    if (name === '' || [...name].length > LONGEST_NAME) wrong.push('name');
    if (this.kind === 'print') {
      if (parseMillimetres(this.width) === null) wrong.push('width_mm');
      if (parseMillimetres(this.height) === null) wrong.push('height_mm');
      if (this.dpi === null) wrong.push('min_dpi');
      if (this.labDpi === null) wrong.push('print_dpi');
    }
    if (parseAmount(this.price, this.currency) === null) wrong.push('price');
    return wrong;
  }

  /** A form without wrong fields, as the API takes it. */
  draft(): Schema['ProductDraft'] {
    const draft: Schema['ProductDraft'] = {
      ...(this.id === undefined ? {} : { id: this.id }),
      name: this.name.trim(),
      kind: this.kind,
      price: { amount: parseAmount(this.price, this.currency) ?? 0, currency: this.currency },
    };
    const { size, dpi, labDpi } = this;
    if (this.kind === 'print' && size !== null && dpi !== null && labDpi !== null) {
      draft.width_mm = size.width;
      draft.height_mm = size.height;
      draft.finish = this.finish.trim();
      draft.min_dpi = dpi;
      draft.below_min_dpi = this.below;
      draft.print_dpi = labDpi;
    }
    return draft;
  }
}

/** A stored product as the API takes it back. */
export function draftOf(product: Schema['Product']): Schema['ProductDraft'] {
  const { id, name, kind, price } = product;
  if (kind === 'digital') return { id, name, kind, price };
  return {
    id,
    name,
    kind,
    price,
    ...(product.width_mm ? { width_mm: product.width_mm } : {}),
    ...(product.height_mm ? { height_mm: product.height_mm } : {}),
    finish: product.finish ?? '',
    ...(product.min_dpi ? { min_dpi: product.min_dpi } : {}),
    ...(product.below_min_dpi ? { below_min_dpi: product.below_min_dpi } : {}),
    ...(product.print_dpi ? { print_dpi: product.print_dpi } : {}),
  };
}

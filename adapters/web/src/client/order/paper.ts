import { t } from '../../texts/client';
import { number } from '../../texts/format';

interface Paper {
  name: string;
  kind: string;
  width_mm?: number | null | undefined;
  height_mm?: number | null | undefined;
  finish?: string | null | undefined;
}

/** What a product's name does not say about it: size and finish of a print, or that it is a file. */
export function paperOf({ name, kind, width_mm, height_mm, finish }: Paper): string {
  if (kind !== 'print' || !width_mm || !height_mm) return name === t.order.file ? '' : t.order.file;
  const [width, height] = [number(width_mm / 10), number(height_mm / 10)];
  const isNamed = name.includes(width) && name.includes(height);
  const parts = [isNamed ? '' : `${width} × ${height} cm`, name.includes(finish ?? '') ? '' : finish];
  return parts.filter(Boolean).join(', ');
}

import { filled, number } from '../../texts/format';
import { t } from '../../texts/studio';
import type { Size } from './shape';

interface MaybeSize {
  width?: number | null;
  height?: number | null;
}

export function pixels({ width, height }: MaybeSize): string {
  return width && height ? `${number(width)} × ${number(height)}` : '';
}

/** Why a picture of another shape is no simple replacement. */
export function shapeText(after: Size, photo: MaybeSize): string {
  return filled(t.replace.otherShape, pixels(after), pixels(photo));
}

import justified from 'justified-layout';

export interface Box {
  /** Place of the photo in its chapter. */
  index: number;
  left: number;
  width: number;
}

export interface Row {
  top: number;
  height: number;
  boxes: Box[];
}

export interface Rows {
  rows: Row[];
  height: number;
}

interface Sized {
  width: number;
  height: number;
}

/** Panoramas and strips are laid out as if they were less extreme, and cropped by the tile. */
const WIDEST = 3;
const TALLEST = 1 / 2;

/** Rows of equal width for the photos of a chapter. */
export function rowsOf(photos: Sized[], width: number, rowHeight: number, gap: number): Rows {
  if (photos.length === 0 || width <= 0) return { rows: [], height: 0 };
  const ratios = photos.map((photo) => {
    const ratio = photo.width / photo.height;
    return Number.isFinite(ratio) && ratio > 0 ? Math.min(WIDEST, Math.max(TALLEST, ratio)) : 1;
  });
  const { boxes, containerHeight } = justified(ratios, {
    containerWidth: width,
    containerPadding: 0,
    boxSpacing: gap,
    targetRowHeight: rowHeight,
    targetRowHeightTolerance: 0.3,
  });
  const rows: Row[] = [];
  boxes.forEach(({ top, left, width, height }, index) => {
    let row = rows[rows.length - 1];
    if (row === undefined || row.top !== top) {
      row = { top, height, boxes: [] };
      rows.push(row);
    }
    row.boxes.push({ index, left, width });
  });
  return { rows, height: containerHeight };
}

/** The rows that touch the stretch from `top` to `bottom`: the first, and the one behind the last. */
export function visibleRows(rows: Row[], top: number, bottom: number): [number, number] {
  return [firstWith(rows, (row) => row.top + row.height > top), firstWith(rows, (row) => row.top >= bottom)];
}

/** The first row for which `holds`, which holds for all rows after it. */
function firstWith(rows: Row[], holds: (row: Row) => boolean): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(rows[middle] as Row)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The photo that an arrow key reaches from `index`; null at the edge of the chapter. */
export function neighbour({ rows }: Rows, index: number, direction: Direction): number | null {
  if (direction === 'left' || direction === 'right') {
    const next = index + (direction === 'left' ? -1 : 1);
    const last = rows[rows.length - 1]?.boxes.at(-1)?.index ?? -1;
    return next >= 0 && next <= last ? next : null;
  }
  const here = rows.findIndex(({ boxes }) => boxes.some((box) => box.index === index));
  const from = rows[here]?.boxes.find((box) => box.index === index);
  const row = rows[here + (direction === 'up' ? -1 : 1)];
  if (from === undefined || row === undefined) return null;
  const middle = from.left + from.width / 2;
  const distance = (box: Box): number => Math.abs(box.left + box.width / 2 - middle);
  return row.boxes.reduce((best, box) => (distance(box) < distance(best) ? box : best)).index;
}

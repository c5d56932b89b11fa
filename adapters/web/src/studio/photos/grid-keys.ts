/** Cuts a list into rows of a grid. */
export function rowsOf<Item>(items: Item[], columns: number): Item[][] {
  const rows: Item[][] = [];
  for (let start = 0; start < items.length; start += columns) rows.push(items.slice(start, start + columns));
  return rows;
}

const ROWS_OF_A_PAGE = 4;

/** Where a key leads from `place` in a grid of `count` cells, or null if it leads nowhere. */
export function target(
  key: string,
  place: number,
  count: number,
  columns: number,
  isCommand: boolean,
): number | null {
  const to = destination(key, place, count, columns, isCommand);
  if (to === null || count === 0) return null;
  // Down from above a short last row leads to its end, up from the first row nowhere.
  if (to >= count) return Math.floor(place / columns) < Math.floor((count - 1) / columns) ? count - 1 : place;
  return to < 0 ? (key === 'PageUp' ? place % columns : place) : to;
}

function destination(
  key: string,
  place: number,
  count: number,
  columns: number,
  isCommand: boolean,
): number | null {
  const startOfRow = place - (place % columns);
  switch (key) {
    case 'ArrowLeft':
      return place - 1;
    case 'ArrowRight':
      return place + 1;
    case 'ArrowUp':
      return place - columns;
    case 'ArrowDown':
      return place + columns;
    case 'PageUp':
      return place - columns * ROWS_OF_A_PAGE;
    case 'PageDown':
      return place + columns * ROWS_OF_A_PAGE;
    case 'Home':
      return isCommand ? 0 : startOfRow;
    case 'End':
      return isCommand ? count - 1 : Math.min(count - 1, startOfRow + columns - 1);
    default:
      return null;
  }
}

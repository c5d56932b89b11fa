/** Which way an arrow key goes on the board: to the column beside, or to the card above or below. */
const ways: Record<string, { column: number; card: number }> = {
  ArrowLeft: { column: -1, card: 0 },
  ArrowRight: { column: 1, card: 0 },
  ArrowUp: { column: 0, card: -1 },
  ArrowDown: { column: 0, card: 1 },
};

/**
 * Where the focus goes from a card: `columns` are the numbers of cards, `at` is where it is. Empty columns are passed
 * over, and a shorter column gives its last card. Null where there is nothing in that direction.
 */
export function target(
  columns: readonly number[],
  at: { column: number; card: number },
  key: string,
): { column: number; card: number } | null {
  const way = ways[key];
  if (way === undefined) return null;
  if (way.card !== 0) {
    const card = at.card + way.card;
    return card >= 0 && card < (columns[at.column] ?? 0) ? { column: at.column, card } : null;
  }
  for (let column = at.column + way.column; column >= 0 && column < columns.length; column += way.column) {
    const cards = columns[column] ?? 0;
    if (cards > 0) return { column, card: Math.min(at.card, cards - 1) };
  }
  return null;
}

/** Moves the focus between the cards of a board by the arrow keys. */
export function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  if (!(event.target instanceof HTMLElement) || event.target.dataset.order === undefined) return;
  const columns = [...event.currentTarget.querySelectorAll('[data-column]')].map((column) => [
    ...column.querySelectorAll<HTMLElement>('[data-order]'),
  ]);
  const column = columns.findIndex((cards) => cards.includes(event.target as HTMLElement));
  const card = columns[column]?.indexOf(event.target) ?? -1;
  const sizes = columns.map((cards) => cards.filter((one) => one.checkVisibility()).length);
  const next = target(sizes, { column, card }, event.key);
  if (next === null) return;
  event.preventDefault();
  columns[next.column]?.[next.card]?.focus();
}

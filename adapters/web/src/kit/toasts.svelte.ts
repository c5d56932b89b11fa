export interface Toast {
  id: number;
  text: string;
  tone: 'plain' | 'bad';
  /** A way back, for as long as the toast stands. */
  action?: { label: string; run: () => void };
}

const STANDS_MS = 6_000;
let next = 0;

export const toasts: Toast[] = $state([]);

/** Says something in passing. What must be read belongs where it happened, not here. */
export function toast(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> = {}): void {
  const id = next++;
  toasts.push({ id, text, tone: 'plain', ...options });
  setTimeout(() => dismiss(id), STANDS_MS);
}

export function dismiss(id: number): void {
  const place = toasts.findIndex((one) => one.id === id);
  if (place >= 0) toasts.splice(place, 1);
}

/** When a link ends, as the form offers it. */
export const expiryChoices = ['weeks2', 'month1', 'months3', 'date', 'never'] as const;
export type ExpiryChoice = (typeof expiryChoices)[number];

/** A link ends with its day, in the photographer's time: "until 14 May" includes 14 May. */
function endOfDay(day: Date): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate(), 23, 59, 59);
}

/** The same day of a later month, or that month's last day if it is shorter: 31 January and a month is 28 February. */
function monthsLater(from: Date, months: number): Date {
  const last = new Date(from.getFullYear(), from.getMonth() + months + 1, 0).getDate();
  return new Date(from.getFullYear(), from.getMonth() + months, Math.min(from.getDate(), last));
}

function daysLater(from: Date, days: number): Date {
  return new Date(from.getFullYear(), from.getMonth(), from.getDate() + days);
}

/** A day as a date input writes it, in the photographer's time. */
export function dayOf(date: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The day on which a link ends, for a date input. */
export function lastDay(expiresAt: string): string {
  return dayOf(new Date(expiresAt));
}

/** The last day of a preset; null for those that are none. */
export function presetDay(choice: ExpiryChoice, now: Date): Date | null {
  switch (choice) {
    case 'weeks2':
      return daysLater(now, 14);
    case 'month1':
      return monthsLater(now, 1);
    case 'months3':
      return monthsLater(now, 3);
    default:
      return null;
  }
}

/** When the link ends: null for never, `undefined` while the day is missing or not a future one. */
export function expiryOf(choice: ExpiryChoice, day: string, now: Date): Date | null | undefined {
  if (choice === 'never') return null;
  const preset = presetDay(choice, now);
  if (preset !== null) return endOfDay(preset);
  const [year, month, date] = day.split('-').map(Number);
  if (!year || !month || !date) return undefined;
  const end = endOfDay(new Date(year, month - 1, date));
  return end > now ? end : undefined;
}

import type { Schema } from '../../api/http';

/** What was typed at registering, for logging in after the code. It lives in memory only and ends with the page. */
let remembered: Schema['Credentials'] | null = null;

export function remember(credentials: Schema['Credentials']): void {
  remembered = credentials;
}

/** The credentials of `email`, once. */
export function take(email: string): Schema['Credentials'] | null {
  const found = remembered?.email === email ? remembered : null;
  remembered = null;
  return found;
}

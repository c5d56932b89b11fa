import { anonymous, authorised, ok, type Schema } from './http';
import { ApiError } from './problem';

/**
 * The photographer's login. The refresh token is kept by the browser so that a reload does not log out; the access
 * token lives in memory. A refresh token works once, so tabs take turns (Web Locks) and read what the last one left.
 */
const KEY = 'halftone.studio.refresh';
/** Renew this long before a token ends, so that a slow request does not meet its end. */
const MARGIN_MS = 30_000;

let access: { token: string; endsAt: number } | null = null;

export function isLoggedIn(): boolean {
  return localStorage.getItem(KEY) !== null;
}

export async function logIn(credentials: Schema['Credentials']): Promise<void> {
  keep(await ok(anonymous().POST('/auth/login', { body: credentials })));
}

export async function logOut(): Promise<void> {
  const refresh_token = localStorage.getItem(KEY);
  forget();
  if (refresh_token !== null) await ok(anonymous().POST('/auth/logout', { body: { refresh_token } }));
}

/** Ends the login on this device without a word to the server: it has already ended there. */
export function forget(): void {
  access = null;
  localStorage.removeItem(KEY);
}

function keep(session: Schema['Session']): string {
  localStorage.setItem(KEY, session.refresh_token);
  access = { token: session.access_token, endsAt: Date.now() + session.expires_in * 1000 };
  return session.access_token;
}

/** A token for requests that do not go through `studio`, such as a stream of events. */
export async function accessToken(renew: boolean): Promise<string | null> {
  const refused = access?.token;
  if (!renew && access !== null && Date.now() < access.endsAt - MARGIN_MS) return access.token;
  return navigator.locks.request(KEY, async () => {
    // Another request of this tab may have renewed it while this one waited.
    if (access !== null && access.token !== refused) return access.token;
    return refresh();
  });
}

async function refresh(): Promise<string | null> {
  const refresh_token = localStorage.getItem(KEY);
  if (refresh_token === null) return null;
  try {
    return keep(await ok(anonymous().POST('/auth/refresh', { body: { refresh_token } })));
  } catch (error) {
    if (error instanceof ApiError && !error.isTransient) {
      forget();
      window.dispatchEvent(new Event('halftone:logged-out'));
      return null;
    }
    throw error;
  }
}

/** The API as the photographer who is logged in. */
export const studio = authorised(accessToken);

import { anonymous, authorised, ok, type Schema } from './http';
import { keep, kept } from './keep';
import { ApiError } from './problem';

/**
 * The photographer's login. The browser keeps both tokens, so that a reload neither logs out nor has to ask for new
 * ones: a refresh token works once, and an answer that comes after its page has gone takes the whole login with it.
 * Tabs take turns to renew them (Web Locks), and read what the last one left.
 */
const REFRESH = 'halftone.studio.refresh';
const ACCESS = 'halftone.studio.access';
/** Renew this long before a token ends, so that a slow request does not meet its end. */
const MARGIN_MS = 30_000;

interface Access {
  token: string;
  endsAt: number;
}

export function isLoggedIn(): boolean {
  return localStorage.getItem(REFRESH) !== null;
}

export async function logIn(credentials: Schema['Credentials']): Promise<void> {
  begin(await ok(anonymous().POST('/auth/login', { body: credentials })));
}

export async function logOut(): Promise<void> {
  const refresh_token = localStorage.getItem(REFRESH);
  forget();
  if (refresh_token !== null) await ok(anonymous().POST('/auth/logout', { body: { refresh_token } }));
}

/** Ends the login on this device without a word to the server: it has already ended there. */
export function forget(): void {
  localStorage.removeItem(ACCESS);
  localStorage.removeItem(REFRESH);
}

function begin(session: Schema['Session']): string {
  localStorage.setItem(REFRESH, session.refresh_token);
  const access: Access = { token: session.access_token, endsAt: Date.now() + session.expires_in * 1000 };
  keep(localStorage, ACCESS, access);
  return session.access_token;
}

/** The access token that is kept, unless it is about to end. */
function current(): string | null {
  const access = kept<Access>(localStorage, ACCESS);
  return access !== null && Date.now() < access.endsAt - MARGIN_MS ? access.token : null;
}

/** A token for requests that do not go through `studio`, such as a stream of events. */
export async function accessToken(refused: string | null): Promise<string | null> {
  const usable = (): string | null => {
    const token = current();
    return token === refused ? null : token;
  };
  // Another request, or another tab, may have renewed it while this one waited.
  return usable() ?? navigator.locks.request(REFRESH, async () => usable() ?? refresh());
}

async function refresh(): Promise<string | null> {
  const refresh_token = localStorage.getItem(REFRESH);
  if (refresh_token === null) return null;
  try {
    return begin(await ok(anonymous().POST('/auth/refresh', { body: { refresh_token } })));
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

import { anonymous, authorised, ok, type Schema } from './http';
import { freshName } from './fresh-name';
import { keep, kept } from './keep';
import { ApiError } from './problem';

/**
 * The photographer's login. The browser keeps both tokens, so that a reload neither logs out nor has to ask for new
 * ones. A refresh token works once: tabs take turns (Web Locks) and read what the last one left, and the key of a
 * renewal is kept until its answer has come, so that a page that is loaded meanwhile can ask again.
 */
const REFRESH = 'halftone.studio.refresh';
const ACCESS = 'halftone.studio.access';
const RENEWAL = 'halftone.studio.renewal';
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
  localStorage.removeItem(RENEWAL);
  localStorage.removeItem(REFRESH);
}

function begin(session: Schema['Session']): string {
  localStorage.setItem(REFRESH, session.refresh_token);
  const access: Access = { token: session.access_token, endsAt: Date.now() + session.expires_in * 1000 };
  keep(localStorage, ACCESS, access);
  localStorage.removeItem(RENEWAL);
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
    const key = kept<string>(localStorage, RENEWAL) ?? freshName();
    keep(localStorage, RENEWAL, key);
    const params = { header: { 'Idempotency-Key': key } };
    return begin(await ok(anonymous().POST('/auth/refresh', { params, body: { refresh_token } })));
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

import { anonymous, authorised, ok, type Schema } from '../../api/http';
import { ApiError } from '../../api/problem';
import { keyOf } from './address';
import { arrive, MARGIN_MS } from './arrival';
import { keep, kept } from '../../api/keep';
import { fingerprint } from './fingerprint';

/**
 * The visit: one client behind one share. The client key stays in this browser and resumes the client at the next
 * visit; the access token lives as long as the tab, so that a reload does not ask for the PIN again.
 */
export type Phase = 'opening' | 'pin' | 'open' | 'closed' | 'missing' | 'failed';

/** What a visitor who was here before still sees of the studio when the link does not open. */
export type KnownStudio = Pick<Schema['ClientStudio'], 'name' | 'website' | 'accent'>;

const arrival = arrive();

class Visit {
  phase: Phase = $state('opening');
  gallery: Schema['ClientGallery'] | null = $state.raw(null);
  /** The first photos of the first chapter, which came along with the session; taken by whoever loads them. */
  firstPhotos: Schema['ClientSession']['photos'] | null = null;
  /** Why the link does not open, or what was wrong with the PIN. */
  problem: ApiError | null = $state.raw(null);
  key: string | null = $state.raw(arrival.key);
}

export const visit = new Visit();

export function knownStudio(): KnownStudio | null {
  return visit.gallery?.studio ?? kept<KnownStudio>(localStorage, arrival.places.studio);
}

let access = arrival.access;
/** With it the session renews by itself, and takes a name. */
let pin: string | undefined = access?.pin;
let opening: Promise<string | null> | null = null;

// A link with a key that is opened while this page is open changes only the fragment.
window.addEventListener('hashchange', () => {
  if (keyOf(location.hash).key === null) return;
  arrival.readKey();
  location.reload();
});

/** The name under which the browser keeps things of this client. */
export function clientName(what: string): string {
  return `halftone.${what}.${fingerprint(`${arrival.token}|${visit.key ?? ''}`)}`;
}

/** Opens the link: with what an earlier page of this tab left, else with token, key and PIN. */
export async function enter(): Promise<void> {
  if (access !== null && Date.now() < access.endsAt - MARGIN_MS) {
    try {
      visit.gallery = await ok(authorised(accessToken, arrival.send).GET('/client/gallery'));
      visit.phase = 'open';
    } catch (error) {
      if (error instanceof ApiError && error.status !== 401) refuse(error);
    }
    return;
  }
  await open();
}

export async function enterWithPin(typed: string): Promise<void> {
  pin = typed;
  await open();
}

/** Tells the studio who picks. */
export async function introduce(name: string, email: string): Promise<void> {
  const body = { token: arrival.token, name, ...(email && { email }), ...credentials() };
  keepSession(await ok(anonymous().POST('/client/sessions', { body })));
}

function credentials(): { client_key?: string; pin?: string } {
  return { ...(visit.key !== null && { client_key: visit.key }), ...(pin !== undefined && { pin }) };
}

/** All callers share one attempt. */
function open(): Promise<string | null> {
  opening ??= tryToOpen().finally(() => {
    opening = null;
  });
  return opening;
}

async function tryToOpen(): Promise<string | null> {
  try {
    const body = { token: arrival.token, ...credentials() };
    const session = await ok(anonymous(arrival.send).POST('/client/sessions', { body }));
    return keepSession(session);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    refuse(error);
    return null;
  }
}

function keepSession(session: Schema['ClientSession']): string {
  const endsAt = Date.now() + session.expires_in * 1000;
  access = { token: session.access_token, endsAt, ...(pin !== undefined && { pin }) };
  keep(sessionStorage, arrival.places.access, access);
  if (session.client_key) {
    visit.key = session.client_key;
    keep(localStorage, arrival.places.key, session.client_key);
  }
  visit.gallery = session.gallery;
  const { name, website, accent } = session.gallery.studio;
  keep(localStorage, arrival.places.studio, { name, website, accent } satisfies KnownStudio);
  visit.firstPhotos = session.photos;
  visit.problem = null;
  visit.phase = 'open';
  return session.access_token;
}

function refuse(error: ApiError): void {
  if (error.kind === 'pin-wrong' || error.kind === 'pin-required') pin = undefined;
  const asksForPin = error.kind.startsWith('pin-') || (error.status === 429 && visit.phase === 'pin');
  // A lost connection does not take away the page that stands.
  if (error.isTransient && !asksForPin && visit.gallery !== null) return;
  visit.problem = error;
  if (asksForPin) visit.phase = 'pin';
  else if (error.status === 410) visit.phase = 'closed';
  else if (error.status === 404) visit.phase = 'missing';
  else visit.phase = 'failed';
}

/** Asks what is left of what the link includes, after something was taken or given back. */
export async function renewAllowance(): Promise<void> {
  // Where nothing is counted there is nothing to ask.
  if (!visit.gallery?.allowance.files && !visit.gallery?.allowance.prints) return;
  try {
    const { allowance } = await ok(client.GET('/client/gallery'));
    visit.gallery = { ...visit.gallery, allowance };
  } catch {
    // What is shown is only older than it might be; the server counts by itself.
  }
}

/** A token for requests that do not go through `client`. */
export async function accessToken(refused: string | null): Promise<string | null> {
  const held = access;
  const isUsable = held !== null && held.token !== refused && Date.now() < held.endsAt - MARGIN_MS;
  return isUsable ? held.token : open();
}

/** The API as the client who opened the link. */
export const client = authorised(accessToken);

client.use({
  // A share that is revoked or expires during the visit closes the page, whatever was asked.
  async onResponse({ response }) {
    if (response.status === 410) refuse(new ApiError(410, await kindOf(response), ''));
  },
});

async function kindOf(response: Response): Promise<string> {
  try {
    const { type } = (await response.clone().json()) as Schema['Problem'];
    return type.split('/').pop() ?? 'share-expired';
  } catch {
    return 'share-expired';
  }
}

import { apiBase } from '../../api/base';
import type { components } from '../../api/schema';
import { keyOf, tokenOf } from './address';
import { keep, kept } from '../../api/keep';
import { fingerprint } from './fingerprint';

/** Renew this long before a token ends, so that a slow request does not meet its end. */
export const MARGIN_MS = 30_000;

/** So many photos of the first screen are fetched before the grid that shows them is there. */
const AHEAD = 3;

export interface Access {
  token: string;
  endsAt: number;
  /** What was typed to get the token. It is forgotten with it, and opens no more than it does. */
  pin?: string;
}

/**
 * Who opens the page: what its address and this browser know before anything was asked. And the request with which the
 * page begins, which leaves while the rest of the application is still on its way.
 */
export class Arrival {
  readonly token = tokenOf(location.pathname);
  /** The names under which the browser keeps the client key, the access token, and what it knows of the studio. */
  readonly places: Record<'key' | 'access' | 'studio', string>;
  /** The client key of the address, or that of an earlier visit; null for somebody new. */
  readonly key: string | null;
  readonly access: Access | null;
  readonly #asked: Request;
  #reply: Promise<Response> | null;

  constructor() {
    const share = fingerprint(this.token);
    this.places = {
      key: `halftone.client.${share}`,
      access: `halftone.access.${share}`,
      studio: `halftone.studio.${share}`,
    };
    this.key = this.readKey();
    this.access = this.#readAccess();
    this.#asked = this.#question();
    this.#reply = fetch(this.#asked).then(fetchFirstPhotos);
    // Whoever takes the reply hears of a lost connection.
    this.#reply.catch(() => undefined);
  }

  readKey(): string | null {
    const { key, rest } = keyOf(location.hash);
    const known = kept<string>(localStorage, this.places.key);
    if (key === null) return known;
    // The key leaves the address bar at once: addresses get copied, photographed and synchronised.
    history.replaceState(history.state, '', `${location.pathname}${location.search}${rest}`);
    if (key === known) return known;
    keep(sessionStorage, this.places.access, null);
    keep(localStorage, this.places.key, key);
    return key;
  }

  /** Sends a request; the page's first one has been sent already and gets its reply. */
  readonly send = (request: Request): Promise<Response> => {
    const isFirst = request.url === this.#asked.url && request.method === this.#asked.method;
    const taken = isFirst ? this.#reply : null;
    this.#reply = null;
    return taken ?? fetch(request);
  };

  #readAccess(): Access | null {
    const access = kept<Access>(sessionStorage, this.places.access);
    if (access === null || Date.now() < access.endsAt - MARGIN_MS) return access;
    keep(sessionStorage, this.places.access, null);
    return null;
  }

  /** What is behind the link: asked with the token of an earlier page of this tab, or for a new one. */
  #question(): Request {
    if (this.access !== null) {
      const headers = { Authorization: `Bearer ${this.access.token}` };
      return new Request(`${apiBase}/client/gallery`, { headers });
    }
    return new Request(`${apiBase}/client/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token: this.token, ...(this.key !== null && { client_key: this.key }) }),
    });
  }
}

/**
 * Lets the browser fetch what is seen first, before the application is busy with the same reply. The page gets these
 * pictures when it asks for them.
 */
async function fetchFirstPhotos(response: Response): Promise<Response> {
  if (response.status !== 201) return response;
  const session = (await response.clone().json()) as components['schemas']['ClientSession'];
  const urls = [session.gallery.cover, ...session.photos.items.slice(0, AHEAD)].map((one) => one?.thumb_url);
  for (const url of new Set(urls)) {
    if (!url) continue;
    const image = new Image();
    // Browsers hold back what they take for unimportant while a page begins.
    image.fetchPriority = 'high';
    image.src = url;
  }
  return response;
}

declare global {
  /** Left by the small script that runs before the application. */
  var halftoneArrival: Arrival | undefined;
}

/** The arrival of this page; there is one, whoever asks for it first. */
export function arrive(): Arrival {
  return (globalThis.halftoneArrival ??= new Arrival());
}

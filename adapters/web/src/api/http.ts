import createClient, { type Client, type Middleware } from 'openapi-fetch';
import { apiBase } from './base';
import { ApiError, errorOf, unreachable } from './problem';
import type { components, paths } from './schema';

export type Api = Client<paths>;

/** The shapes of the API, generated from its OpenAPI document. */
export type Schema = components['schemas'];

/** A bearer token for the next request: another one than `refused`, which the server did not take. */
export type TokenSource = (refused: string | null) => Promise<string | null>;

/** What sends a request, where that is not simply `fetch`. */
export type Sender = (request: Request) => Promise<Response>;

/**
 * A client that sends the token of `source`. A request that is answered with 401 is sent once more with a renewed token;
 * bodies are strings or blobs here, so they can be sent twice.
 */
export function authorised(source: TokenSource, sender: Sender = fetch): Api {
  const api = createClient<paths>({ baseUrl: apiBase, fetch: (request) => send(request, source, sender) });
  api.use(offline);
  return api;
}

/** A client without a token, for the calls that need none. */
export function anonymous(sender: Sender = fetch): Api {
  const api = createClient<paths>({ baseUrl: apiBase, fetch: (request) => sender(request) });
  api.use(offline);
  return api;
}

async function send(request: Request, source: TokenSource, sender: Sender): Promise<Response> {
  const again = request.clone();
  return withToken(source, (headers, isFirst) => {
    const next = isFirst ? request : again;
    for (const [name, value] of Object.entries(headers)) next.headers.set(name, value);
    return isFirst ? sender(next) : fetch(next);
  });
}

/** Makes a request with a token in its headers, and makes it once more with another one if that is answered with 401. */
export async function withToken(
  source: TokenSource,
  request: (headers: Record<string, string>, isFirst: boolean) => Promise<Response>,
): Promise<Response> {
  const token = await source(null);
  const response = await request(bearer(token), true);
  if (response.status !== 401) return response;
  const renewed = await source(token);
  return renewed === null ? response : request(bearer(renewed), false);
}

function bearer(token: string | null): Record<string, string> {
  return token === null ? {} : { Authorization: `Bearer ${token}` };
}

const offline: Middleware = {
  onError: ({ error }) => (error instanceof ApiError ? error : unreachable()),
};

interface Reply<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The body of a successful reply. Every other reply is thrown as an `ApiError`. */
export async function ok<T>(reply: Promise<Reply<T>>): Promise<T> {
  const { data, error, response } = await reply;
  if (!response.ok) throw errorOf(response, error);
  return data as T;
}

/** The body and the entity tag of a successful reply, for an update with `If-Match`. */
export async function okWithTag<T>(reply: Promise<Reply<T>>): Promise<{ body: T; etag: string | null }> {
  const { data, error, response } = await reply;
  if (!response.ok) throw errorOf(response, error);
  return { body: data as T, etag: response.headers.get('ETag') };
}

/** Every item of a list, page by page. `fetchPage` gets the cursor of the page that it shall ask for. */
export async function* pages<Item>(
  fetchPage: (cursor: string | undefined) => Promise<{ items: Item[]; next_cursor?: string | null }>,
): AsyncGenerator<Item[]> {
  let cursor: string | undefined;
  do {
    const page = await fetchPage(cursor);
    yield page.items;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

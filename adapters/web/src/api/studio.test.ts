import { afterEach, beforeEach, expect, it, vi } from 'vitest';

vi.mock('./base', () => ({ apiBase: 'http://studio.test/api/v1' }));

const LASTS_S = 900;
let refreshes = 0;
let keys = new Set<string>();
let answered: Promise<void> | undefined;
let store = new Map<string, string>();

/** A page of the studio that has just been loaded: its modules know nothing but what the browser keeps. */
async function load(): Promise<typeof import('./studio')> {
  vi.resetModules();
  // One at a time, as the browser's locks are; those of a page end with it.
  let turn: Promise<unknown> = Promise.resolve();
  vi.stubGlobal('navigator', {
    locks: { request: (_: string, run: () => Promise<unknown>) => (turn = turn.then(run)) },
  });
  return import('./studio');
}

beforeEach(() => {
  refreshes = 0;
  keys = new Set();
  answered = undefined;
  store = new Map([['halftone.studio.refresh', 'refresh-0']]);
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
    removeItem: (key: string) => store.delete(key),
  });
  vi.stubGlobal('fetch', async (request: Request) => {
    const { refresh_token } = (await request.json()) as { refresh_token: string };
    const key = request.headers.get('Idempotency-Key') ?? '';
    const isRepeated = keys.has(key) && refresh_token === `refresh-${refreshes - 1}`;
    if (!isRepeated) {
      if (refresh_token !== `refresh-${refreshes}`) return Response.json({}, { status: 401 });
      keys.add(key);
      refreshes += 1;
    }
    await answered;
    return Response.json({
      access_token: `access-${refreshes}`,
      refresh_token: `refresh-${refreshes}`,
      token_type: 'Bearer',
      expires_in: LASTS_S,
    });
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('asks for no new tokens when the page is loaded again', async () => {
  expect(await (await load()).accessToken(null)).toBe('access-1');
  expect(await (await load()).accessToken(null)).toBe('access-1');
  expect(refreshes).toBe(1);
});

it('renews once for requests that were refused together', async () => {
  const { accessToken } = await load();
  const refused = await accessToken(null);
  const renewed = await Promise.all([1, 2, 3].map(() => accessToken(refused)));
  expect(renewed).toEqual(['access-2', 'access-2', 'access-2']);
  expect(await accessToken(refused)).toBe('access-2');
  expect(refreshes).toBe(2);
});

it('asks again, with the same key, when the page was left before the answer came', async () => {
  answered = new Promise(() => undefined);
  const left = await load();
  void left.accessToken(null);
  await vi.waitFor(() => expect(refreshes).toBe(1));
  answered = undefined;
  expect(await (await load()).accessToken(null)).toBe('access-1');
  expect(keys.size).toBe(1);
  expect(store.has('halftone.studio.renewal')).toBe(false);
});

it('renews before the token ends', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const { accessToken } = await load();
  await accessToken(null);
  vi.setSystemTime(Date.now() + (LASTS_S - 20) * 1000);
  expect(await accessToken(null)).toBe('access-2');
});

it('keeps nothing of a login that has ended', async () => {
  const { accessToken, forget, isLoggedIn } = await load();
  await accessToken(null);
  forget();
  expect(isLoggedIn()).toBe(false);
  expect(store.size).toBe(0);
  expect(await accessToken(null)).toBeNull();
});

import { afterEach, beforeEach, expect, it, vi } from 'vitest';

vi.mock('./base', () => ({ apiBase: 'http://studio.test/api/v1' }));

const LASTS_S = 900;
let refreshes = 0;
let store = new Map<string, string>();

/** A page of the studio that has just been loaded: its modules know nothing but what the browser keeps. */
async function load(): Promise<typeof import('./studio')> {
  vi.resetModules();
  return import('./studio');
}

beforeEach(() => {
  refreshes = 0;
  store = new Map([['halftone.studio.refresh', 'refresh-0']]);
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
    removeItem: (key: string) => store.delete(key),
  });
  // One at a time, as the browser's locks are.
  let turn: Promise<unknown> = Promise.resolve();
  vi.stubGlobal('navigator', {
    locks: {
      request: (_: string, run: () => Promise<unknown>) => (turn = turn.then(run)),
    },
  });
  vi.stubGlobal('fetch', async (request: Request) => {
    const { refresh_token } = (await request.json()) as { refresh_token: string };
    if (refresh_token !== `refresh-${refreshes}`)
      return Response.json({ title: 'replayed' }, { status: 401 });
    refreshes += 1;
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

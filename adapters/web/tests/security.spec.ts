import { createHash } from 'node:crypto';
import type { APIRequestContext } from '@playwright/test';
import { expect, test } from './fixtures';
import { fill, pages, show } from './pages';

const POLICY = [
  "default-src 'none'",
  "script-src 'self' SCRIPTS",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ');

/** The policy that allows the scripts inside the client's page, by the hashes of what was sent, and no others. */
async function policy(request: APIRequestContext): Promise<string> {
  const html = await (await request.get('/s/nonsense')).text();
  const codes = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, code = '']) => code);
  expect(codes).toHaveLength(1);
  const hashes = codes.map((code) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`);
  return POLICY.replace('SCRIPTS', hashes.join(' '));
}

test('both pages are sent with the strict policy', async ({ request, studio }) => {
  const strict = await policy(request);
  const gallery = await studio.gallery({ name: 'Ceremony' });
  const share = await studio.share(gallery.id);
  for (const address of ['/', `/s/${share.token}`]) {
    const page = await request.get(address);
    expect(page.status()).toBe(200);
    expect(page.headers()).toMatchObject({
      'content-security-policy': strict,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()') as unknown,
      'cache-control': 'no-cache',
    });
    expect(page.headers()).not.toHaveProperty('set-cookie');
  }
});

test('pages hold no style of their own, and no script but the one that opens the gallery', async ({
  request,
}) => {
  for (const [address, scripts] of [
    ['/', 0],
    ['/s/nonsense', 1],
  ] as const) {
    const html = await (await request.get(address)).text();
    expect(html.match(/<script(?![^>]*\ssrc=)/g) ?? []).toHaveLength(scripts);
    const markup = html.replace(/<script>.*?<\/script>/gs, '');
    expect(markup).not.toMatch(/<style|\sstyle=|\son[a-z]+=/i);
    for (const [, link] of markup.matchAll(/(?:src|href)="([^"]*)"/g)) expect(link).toMatch(/^\/[^/]/);
  }
});

test('what pages load is compressed and kept for ever, by names that change with the content', async ({
  request,
}) => {
  for (const address of ['/', '/s/nonsense']) {
    const html = await (await request.get(address)).text();
    const assets = [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(assets.length).toBeGreaterThan(1);
    for (const asset of assets) {
      expect(asset).toMatch(/-[\w-]{8}\.(js|css)$/);
      const { headers, status } = await head(request, asset);
      expect(status).toBe(200);
      expect(headers['content-encoding']).toBe('br');
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    }
  }
  expect((await request.get('/assets/gone-00000000.js', { headers: { Accept: 'text/html' } })).status()).toBe(
    404,
  );
});

test('no page talks to anybody else, breaks the policy or fails', async ({
  api,
  visitor,
  studio,
  logIn,
  guard,
  locale,
}) => {
  test.setTimeout(pages.length * 30_000);
  const [world, newcomer] = [await fill(studio), await api.register('Ana Moreno')];
  for (const page of pages) {
    await test.step(page.name, () =>
      show(page, { studio, newcomer, world, guard, locale, visitor, logIn }, () => Promise.resolve()),
    );
  }
});

async function head(request: APIRequestContext, path: string) {
  const answer = await request.head(path, { headers: { 'Accept-Encoding': 'br' } });
  return { status: answer.status(), headers: answer.headers() };
}

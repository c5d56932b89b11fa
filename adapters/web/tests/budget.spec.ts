import type { Page } from '@playwright/test';
import { expect, photos, test, type Studio } from './fixtures';

/** So much JavaScript a client's first look at a gallery may transfer, in bytes as they travel. */
const MOST_BYTES = 90_000;

/**
 * "Fast 3G": 1.6 Mbit/s down, 750 kbit/s up, 150 ms for a round trip. The browser delays whole requests and knows nothing
 * of the round trips for connections below them, so developer tools take 3.75 of them for each request.
 */
const FAST_3G = {
  offline: false,
  latency: 562.5,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
};

test("a client's first look at a gallery transfers little JavaScript", async ({ page, studio }) => {
  const scripts = new Map<string, Promise<number>>();
  page.on('requestfinished', (request) => {
    if (request.resourceType() !== 'script') return;
    const size = request.sizes().then(({ responseBodySize }) => responseBodySize);
    scripts.set(new URL(request.url()).pathname, size);
  });
  await look(page, studio);
  const sizes = await Promise.all([...scripts].map(async ([path, size]) => ({ path, bytes: await size })));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const listed = sizes.map(({ path, bytes }) => `${bytes} ${path}`).join('\n');
  expect(sizes.length).toBeGreaterThan(0);
  for (const { bytes } of sizes) expect(bytes, listed).toBeGreaterThan(0);
  report(`JavaScript of the first look: ${total} bytes in ${sizes.length} files`);
  expect(total, listed).toBeLessThanOrEqual(MOST_BYTES);
});

test('how long the first photos take over a slow network', async ({ page, studio }) => {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', FAST_3G);
  // Told and not asserted: it depends on the machine.
  report(`first thumb on "Fast 3G": ${Math.round(await look(page, studio))} ms`);
});

/** Opens a gallery and waits for its first thumb; answers how long that took, in milliseconds. */
async function look(page: Page, studio: Studio): Promise<number> {
  const gallery = await studio.gallery({ name: 'Ceremony' });
  await studio.upload(gallery.id, photos(12));
  const { token } = await studio.share(gallery.id);
  await page.addInitScript(() => {
    const note = ({ target }: Event): void => {
      if (!(target instanceof HTMLImageElement) || target.closest('[data-photo]') === null) return;
      document.removeEventListener('load', note, true);
      requestAnimationFrame(() => performance.mark('first-thumb'));
    };
    document.addEventListener('load', note, true);
  });
  await page.goto(`/s/${token}`);
  await expect(page.getByRole('button', { name: 'Open photo IMG_1001.JPG' })).toBeAttached();
  const marked = () => page.evaluate(() => performance.getEntriesByName('first-thumb')[0]?.startTime ?? 0);
  await expect.poll(marked).toBeGreaterThan(0);
  return marked();
}

function report(line: string): void {
  const { project } = test.info();
  test.info().annotations.push({ type: 'measured', description: line });
  process.stdout.write(`  ${project.name}: ${line}\n`);
}

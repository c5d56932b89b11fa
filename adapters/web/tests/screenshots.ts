import { rm } from 'node:fs/promises';
import { settled, test } from './fixtures';
import { fill, pages, type World } from './pages';

/**
 * `npm run screenshots`: every page, whole, as `screenshots/{phone,desktop}-{light,dark}/{page}.png`, for people to look
 * at. The studio is filled once for each size and theme.
 */
test('every page', async ({ studio, logIn, visitor, page, guard }, info) => {
  test.setTimeout(pages.length * 30_000);
  const directory = info.project.name.replace('screenshots-', 'screenshots/');
  await rm(directory, { recursive: true, force: true });
  const world: World = await fill(studio);
  await logIn(page);
  for (const { name, as, address, provokes } of pages) {
    if (provokes) guard.allow(provokes);
    await test.step(name, async () => {
      const shown = as === 'photographer' ? page : await visitor();
      await shown.goto(address(world));
      await settled(shown);
      await shown.screenshot({ path: `${directory}/${name}.png`, animations: 'disabled' });
      if (shown !== page) await shown.close();
    });
  }
});

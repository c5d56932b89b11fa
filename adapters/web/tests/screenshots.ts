import { rm } from 'node:fs/promises';
import { test } from './fixtures';
import { fill, pages, show } from './pages';

/**
 * `npm run screenshots`: every page as `screenshots/{phone,desktop}-{light,dark}/{page}.png`, for people to look at. The
 * studio is filled once for each size and theme. `HALFTONE_LOCALE=de-DE` shows the pages in German,
 * `HALFTONE_PAGES=client-` those alone whose name has this in it.
 */
test('every page', async ({ api, studio, logIn, visitor, guard, locale }, info) => {
  test.setTimeout(pages.length * 30_000);
  const directory = info.project.name.replace('screenshots-', 'screenshots/');
  const wanted = process.env.HALFTONE_PAGES ?? '';
  if (!wanted) await rm(directory, { recursive: true, force: true });
  const [world, newcomer] = [await fill(studio), await api.register('Ana Moreno')];
  const failures: string[] = [];
  for (const page of pages.filter(({ name }) => name.includes(wanted))) {
    await test
      .step(page.name, async () => {
        await show(page, { studio, newcomer, world, guard, locale, visitor, logIn }, (shown, name) =>
          shown.screenshot({ path: `${directory}/${name}.png`, animations: 'disabled' }),
        );
      })
      .catch((error: unknown) => failures.push(`${page.name}: ${String(error)}`));
  }
  test.expect(failures, 'pages that could not be shown').toEqual([]);
});

import { expectAccessible, test } from './fixtures';
import { fill, pages, show } from './pages';

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(() => {
    test.use({ colorScheme });

    test(`every page can be used by everybody, in the ${colorScheme} theme`, async ({
      api,
      studio,
      logIn,
      visitor,
      guard,
      locale,
    }) => {
      test.setTimeout(pages.length * 30_000);
      const [world, newcomer] = [await fill(studio), await api.register('Ana Moreno')];
      const failures: string[] = [];
      for (const page of pages) {
        await test
          .step(page.name, async () => {
            await show(page, { studio, newcomer, world, guard, locale, visitor, logIn }, expectAccessible);
          })
          .catch((error: unknown) => failures.push(`${page.name}: ${String(error)}`));
      }
      test.expect(failures, 'pages that not everybody can use').toEqual([]);
    });
  });
}

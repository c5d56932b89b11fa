import type { Page } from '@playwright/test';
import { settled, type Guard, type Studio } from '../fixtures';
import { wordsOf, type ListedPage } from './listed';
import type { World } from './world';

/** What it takes to show pages to those who may see them. */
export interface Showing {
  studio: Studio;
  newcomer: Studio;
  world: World;
  guard: Guard;
  locale: string | undefined;
  visitor: () => Promise<Page>;
  logIn: (page: Page, as: Studio) => Promise<void>;
}

/** Opens a page in a browser of its own, does what it asks for, and lets `look` see it. */
export async function show(
  { name, as, address, provokes, prepare, printed }: ListedPage,
  { studio, newcomer, world, guard, locale, visitor, logIn }: Showing,
  look: (page: Page, name: string) => Promise<unknown>,
): Promise<void> {
  if (provokes) guard.allow(provokes);
  const page = await visitor();
  // A button that is not there shall not use up the time of all pages.
  page.setDefaultTimeout(20_000);
  if (as !== 'visitor') await logIn(page, as === 'photographer' ? studio : newcomer);
  await page.goto(address(world));
  await settled(page);
  if (printed) await page.emulateMedia({ media: 'print' });
  if (prepare) {
    await prepare(page, wordsOf(locale), world);
    await settled(page);
  }
  await look(page, name);
  await page.context().close();
}

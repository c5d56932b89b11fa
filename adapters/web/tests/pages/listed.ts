import type { Page } from '@playwright/test';
import { client } from '../../src/texts/en/client';
import { sales } from '../../src/texts/en/sales';
import { studio } from '../../src/texts/en/studio';
import { client as clientDe } from '../../src/texts/de/client';
import { sales as salesDe } from '../../src/texts/de/sales';
import { studio as studioDe } from '../../src/texts/de/studio';
import type { World } from './world';

/** The words by which a step finds its button, in the language of the browser. */
export interface Words {
  client: typeof client;
  sales: typeof sales;
  studio: typeof studio;
}

export function wordsOf(locale: string | undefined): Words {
  return locale?.startsWith('de')
    ? { client: clientDe, sales: salesDe, studio: studioDe }
    : { client, sales, studio };
}

/** A page of the application, or a state of one, for the pictures of all of them and for checks that all must pass. */
export interface ListedPage {
  /** The name of its picture. */
  name: string;
  /**
   * Who looks at it: a photographer who is logged in, one who has just registered, or somebody who has only the address.
   */
  as: 'photographer' | 'newcomer' | 'visitor';
  address: (world: World) => string;
  /** What is done there before it is looked at. */
  prepare?: (page: Page, words: Words, world: World) => Promise<void>;
  /** What the browser says on its console because the page is about something that is refused. */
  provokes?: RegExp;
  /** As it comes out of a printer. */
  printed?: boolean;
}

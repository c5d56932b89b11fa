import { ok, type Schema } from '../../api/http';
import { client } from '../session/visit.svelte';

/** The cover with fresh URLs, for a page that stood open while they ended. */
export async function renewedCover(): Promise<Schema['Cover'] | null> {
  try {
    return (await ok(client.GET('/client/gallery'))).cover ?? null;
  } catch {
    return null;
  }
}

/**
 * The first and smallest file: it asks for the session while the rest of the application is still on its way, and for
 * the first photos as soon as the session is there.
 */
import { loadPhotos } from './photos/library.svelte';
import { loadPicks } from './picks/picks.svelte';
import { enter } from './session/visit.svelte';

void enter().then(() => {
  void loadPhotos();
  void loadPicks().catch(() => undefined);
});

void import('./start');

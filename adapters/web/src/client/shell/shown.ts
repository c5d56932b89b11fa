import { library } from '../photos/library.svelte';
import { picks } from '../picks/picks.svelte';
import type { View } from '../session/address';

/** The photos that the lightbox walks through: those of the view that it lies above. */
export function photosInView(at: View['at']): string[] {
  if (at === 'picks') return picks.current?.photo_ids ?? [];
  return library.chapters.flatMap(({ photos }) => photos.map(({ id }) => id));
}

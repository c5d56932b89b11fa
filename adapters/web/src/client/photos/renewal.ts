import { ok } from '../../api/http';
import { client } from '../session/visit.svelte';
import type { Photo } from './chapters';
import { endOf } from './expiry';
import { library } from './library.svelte';

/**
 * The URLs of pictures live for a minute where they come from a bucket, so a long visit outlives them. A picture that is
 * about to load late, or whose load failed, gets a fresh URL; one that stands keeps its own and does not flicker.
 */
const BATCH_MS = 30;
const MOST = 500;
/** So long must a URL still live for a load to begin with it. */
const MARGIN_MS = 5_000;

/** URLs that were loaded by this page: the browser has their bytes, however old they are. */
const loaded = new Set<string>();

let waiting = new Map<string, ((photo: Photo | null) => void)[]>();

/** The photo with fresh URLs. What is asked within a moment is asked together. */
export function renewed(id: string): Promise<Photo | null> {
  return new Promise((resolve) => {
    if (waiting.size === 0) setTimeout(() => void renewAll(), BATCH_MS);
    waiting.set(id, [...(waiting.get(id) ?? []), resolve]);
  });
}

async function renewAll(): Promise<void> {
  const asked = waiting;
  waiting = new Map();
  const ids = [...asked.keys()];
  for (let start = 0; start < ids.length; start += MOST) {
    const photo_ids = ids.slice(start, start + MOST);
    const found = new Map<string, Photo>();
    try {
      const { items } = await ok(client.POST('/client/photos/urls', { body: { photo_ids } }));
      for (const photo of items) found.set(photo.id, photo);
    } catch {
      // Each picture decides by itself whether it tries again.
    }
    for (const id of photo_ids) {
      const photo = found.get(id);
      if (photo !== undefined) {
        const before = library.byId.get(id);
        library.byId.set(id, { ...photo, gallery_id: photo.gallery_id ?? before?.gallery_id ?? '' });
      }
      for (const resolve of asked.get(id) ?? []) resolve(photo ?? null);
    }
  }
}

export function isUsable(url: string): boolean {
  const end = endOf(url);
  return loaded.has(url) || end === null || Date.now() < end - MARGIN_MS;
}

export function isLoaded(url: string): boolean {
  return loaded.has(url);
}

export function noteLoaded(url: string, isGood: boolean): void {
  if (isGood) loaded.add(url);
  else loaded.delete(url);
}

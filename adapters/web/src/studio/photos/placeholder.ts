import { thumbHashToDataURL } from 'thumbhash';

const kept = new Map<string, string>();
const MOST = 5_000;

/** The blurred picture of a ThumbHash, as an address for an image. */
export function placeholderUrl(hash: string | null | undefined): string | null {
  if (!hash) return null;
  const found = kept.get(hash);
  if (found !== undefined) return found;
  if (kept.size >= MOST) kept.clear();
  const url = thumbHashToDataURL(Uint8Array.from(atob(hash), (character) => character.charCodeAt(0)));
  kept.set(hash, url);
  return url;
}

import { thumbHashToDataURL } from 'thumbhash';

/** A placeholder is 6 kB of text: so many are remembered, and not those of a whole wedding. */
const MOST = 300;

const made = new Map<string, string>();

/** A blurred picture of some hundred bytes to stand where a photo will be; null where the hash is none. */
export function placeholderOf(hash: string): string | null {
  const known = made.get(hash);
  if (known !== undefined) return known;
  try {
    const bytes = Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0));
    const url = `url("${thumbHashToDataURL(bytes)}")`;
    made.set(hash, url);
    const [oldest] = made.keys();
    if (made.size > MOST && oldest !== undefined) made.delete(oldest);
    return url;
  } catch {
    return null;
  }
}

/**
 * What the browser keeps for a share. Keys carry a fingerprint of the share's token, never the token itself: whoever
 * reads the storage of this browser shall not be able to open the link.
 */

/** 64 bits of FNV-1a. Not for secrecy but for names; `crypto.subtle` is missing on a plain `http` address of a LAN. */
export function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

/** A value of the browser's storage, or null where there is none, or none that can be read. */
export function kept<T>(storage: Storage, key: string): T | null {
  try {
    const text = storage.getItem(key);
    return text === null ? null : (JSON.parse(text) as T);
  } catch {
    return null;
  }
}

/** Keeps a value; false where the browser refuses, as in some private windows or when it is full. */
export function keep(storage: Storage, key: string, value: unknown): boolean {
  try {
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

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

/** Larger files are not read as a whole, only to find out whether they are there already. */
const MOST_BYTES = 128 * 1024 * 1024;

/** The SHA-256 of a file in hexadecimal; null where the browser does not tell, as on pages without TLS. */
export async function sha256Of(file: Blob): Promise<string | null> {
  // TypeScript takes it for granted; browsers offer it to secure pages only.
  const subtle = (crypto as Partial<Crypto>).subtle;
  if (!subtle || file.size > MOST_BYTES) return null;
  const digest = new Uint8Array(await subtle.digest('SHA-256', await file.arrayBuffer()));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

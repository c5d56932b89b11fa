/**
 * 128 random bits: a name that nobody else gives, and that nobody guesses. `crypto.randomUUID` is missing on a plain
 * `http` address of a LAN.
 */
export function freshName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

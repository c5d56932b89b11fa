const MIB = 1024 * 1024;

/** From this size a file goes in parts, so that a broken line costs a part and not the file. */
export const PARTS_FROM_BYTES = 32 * MIB;
/** S3 takes no part below 5 MiB but the last. */
export const PART_BYTES = 8 * MIB;

export interface Part {
  number: number;
  start: number;
  end: number;
}

/** The parts of a file of `size` bytes, in order; none for a file that goes in one piece. */
export function partsOf(size: number): Part[] {
  if (size < PARTS_FROM_BYTES) return [];
  const count = Math.ceil(size / PART_BYTES);
  return Array.from({ length: count }, (_, place) => ({
    number: place + 1,
    start: place * PART_BYTES,
    end: Math.min(size, (place + 1) * PART_BYTES),
  }));
}

/** How many bytes the parts with these numbers have. */
export function bytesOf(size: number, numbers: number[]): number {
  const done = new Set(numbers);
  return partsOf(size)
    .filter(({ number }) => done.has(number))
    .reduce((sum, { start, end }) => sum + end - start, 0);
}

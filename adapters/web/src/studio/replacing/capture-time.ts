/**
 * When the picture of a file was taken, as EXIF tells it, for telling photos of one name apart. It is read as the server
 * reads it: the time of the shutter, with its offset if there is one; a time without an offset is the camera's clock,
 * written as `Z`.
 */

/** In JPEG the metadata comes first and has at most 64 KiB; writers of TIFF mostly put it there too. */
const LOOKED_AT_BYTES = 256 * 1024;

const EXIF_DIRECTORY = 0x8769;
const DATE_TIME_ORIGINAL = 0x9003;
const OFFSET_TIME_ORIGINAL = 0x9011;

export async function captureTimeOf(file: Blob): Promise<string | null> {
  return captureTime(new Uint8Array(await file.slice(0, LOOKED_AT_BYTES).arrayBuffer()));
}

/** The same from the beginning of a file. Whatever is broken is as good as nothing. */
export function captureTime(bytes: Uint8Array): string | null {
  const block = exifBlock(bytes);
  try {
    return block && readTime(block);
  } catch (error) {
    // An offset that leads out of the block.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** From the header of TIFF on: in a JPEG behind the name of its segment, in a TIFF the file itself. */
function exifBlock(bytes: Uint8Array): DataView | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isTiff(view, 0)) return view;
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 10 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    const length = view.getUint16(at + 2);
    const isExif = marker === 0xe1 && view.getUint32(at + 4) === 0x45786966;
    if (isExif && isTiff(view, at + 10)) {
      const start = at + 10;
      const end = Math.min(at + 2 + length, view.byteLength);
      return new DataView(view.buffer, view.byteOffset + start, end - start);
    }
    // Start of scan: what follows is the picture.
    if (marker === 0xda) return null;
    at += 2 + length;
  }
  return null;
}

function isTiff(view: DataView, at: number): boolean {
  if (view.byteLength < at + 8) return false;
  const order = view.getUint16(at);
  return (
    (order === 0x4949 && view.getUint16(at + 2, true) === 42) ||
    (order === 0x4d4d && view.getUint16(at + 2) === 42)
  );
}

function readTime(block: DataView): string | null {
  const isLittle = block.getUint16(0) === 0x4949;
  const directory = find(block, block.getUint32(4, isLittle), EXIF_DIRECTORY, isLittle);
  if (directory === null) return null;
  const start = block.getUint32(directory + 8, isLittle);
  const written = text(block, find(block, start, DATE_TIME_ORIGINAL, isLittle), isLittle);
  const offset = text(block, find(block, start, OFFSET_TIME_ORIGINAL, isLittle), isLittle);
  return instant(written, offset);
}

/** Where the entry of a tag lies in the directory that begins at `start`. */
function find(block: DataView, start: number, tag: number, isLittle: boolean): number | null {
  const count = block.getUint16(start, isLittle);
  for (let place = 0; place < count; place += 1) {
    const at = start + 2 + place * 12;
    if (block.getUint16(at, isLittle) === tag) return at;
  }
  return null;
}

function text(block: DataView, entry: number | null, isLittle: boolean): string {
  if (entry === null || block.getUint16(entry + 2, isLittle) !== 2) return '';
  const count = block.getUint32(entry + 4, isLittle);
  const at = count > 4 ? block.getUint32(entry + 8, isLittle) : entry + 8;
  const letters = Array.from({ length: Math.min(count, 32) }, (_, place) => block.getUint8(at + place));
  return String.fromCharCode(...letters).replace(/\0.*$/s, '');
}

function instant(written: string, offset: string): string | null {
  const time = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(written);
  if (!time) return null;
  const zone = /^([+-]\d\d:\d\d)\s*$/.exec(offset)?.[1] ?? 'Z';
  const told = `${time[1]}-${time[2]}-${time[3]}T${time[4]}${zone}`;
  // Cameras without a clock write zeros.
  return Number.isNaN(Date.parse(told)) ? null : told;
}

import { expect, test } from 'vitest';
import { captureTime } from './capture-time';

/** A TIFF with a first directory that leads to EXIF's, which holds these texts. */
function tiff(texts: [tag: number, text: string][], isLittle = true): Uint8Array {
  const bytes = new Uint8Array(400);
  const view = new DataView(bytes.buffer);
  const entry = (at: number, tag: number, type: number, count: number, value: number) => {
    view.setUint16(at, tag, isLittle);
    view.setUint16(at + 2, type, isLittle);
    view.setUint32(at + 4, count, isLittle);
    view.setUint32(at + 8, value, isLittle);
  };
  view.setUint16(0, isLittle ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, isLittle);
  view.setUint32(4, 8, isLittle);
  view.setUint16(8, 1, isLittle);
  entry(10, 0x8769, 4, 1, 30);
  view.setUint16(30, texts.length, isLittle);
  texts.forEach(([tag, text], place) => {
    const at = 200 + place * 40;
    entry(32 + place * 12, tag, 2, text.length + 1, at);
    bytes.set(new TextEncoder().encode(text), at);
  });
  return bytes;
}

function jpeg(exif: Uint8Array): Uint8Array {
  const comment = [0xff, 0xfe, 0, 4, 65, 66];
  const length = exif.length + 8;
  const head = [0xff, 0xe1, length >> 8, length & 0xff, 0x45, 0x78, 0x69, 0x66, 0, 0];
  return new Uint8Array([0xff, 0xd8, ...comment, ...head, ...exif, 0xff, 0xda, 0, 2]);
}

const taken: [number, string] = [0x9003, '2026:05:14 15:01:22'];

test('a camera’s clock is written as Z, in both byte orders and both kinds of files', () => {
  expect(captureTime(tiff([taken]))).toBe('2026-05-14T15:01:22Z');
  expect(captureTime(tiff([taken], false))).toBe('2026-05-14T15:01:22Z');
  expect(captureTime(jpeg(tiff([taken])))).toBe('2026-05-14T15:01:22Z');
});

test('an offset makes it an instant', () => {
  const bytes = jpeg(tiff([taken, [0x9011, '+02:00']]));
  expect(captureTime(bytes)).toBe('2026-05-14T15:01:22+02:00');
});

test('what tells no time is no time', () => {
  expect(captureTime(tiff([[0x9003, '0000:00:00 00:00:00']]))).toBeNull();
  expect(captureTime(tiff([[0x9003, '    :  :     :  :  ']]))).toBeNull();
  expect(captureTime(tiff([]))).toBeNull();
  expect(captureTime(new Uint8Array([0xff, 0xd8, 0xff, 0xda, 0, 2]))).toBeNull();
  expect(captureTime(new Uint8Array())).toBeNull();
});

test('a file that is cut off anywhere breaks nothing', () => {
  const whole = jpeg(tiff([taken]));
  for (let length = 0; length < whole.length; length += 1) {
    const told = captureTime(whole.slice(0, length));
    expect([null, '2026-05-14T15:01:22Z']).toContain(told);
  }
});

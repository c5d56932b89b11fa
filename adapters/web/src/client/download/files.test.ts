import { beforeAll, describe, expect, it, vi } from 'vitest';

vi.mock('../session/visit.svelte', () => ({ accessToken: async () => null }));

let files: typeof import('./files');

beforeAll(async () => {
  // The modules below look at the page when they are loaded.
  vi.stubGlobal('document', { querySelector: () => null });
  files = await import('./files');
});

describe('sizesOf', () => {
  it('includes the smaller ones', () => {
    expect(files.sizesOf('sized')).toEqual(['proof', 'sized']);
    expect(files.sizesOf('full')).toEqual(['proof', 'sized', 'full']);
    expect(files.sizesOf('none')).toEqual([]);
  });
});

describe('nameOf', () => {
  const photo = { filename: 'IMG_1.JPG' } as Parameters<typeof files.nameOf>[1];
  const reply = (header?: string) =>
    new Response(null, { headers: header ? { 'Content-Disposition': header } : {} });

  it('prefers what the server says', () => {
    expect(files.nameOf(reply(`attachment; filename="a.jpg"; filename*=UTF-8''%C3%A4.jpg`), photo)).toBe(
      'ä.jpg',
    );
    expect(files.nameOf(reply('attachment; filename="a.jpg"'), photo)).toBe('a.jpg');
    expect(files.nameOf(reply(), photo)).toBe('IMG_1.JPG');
  });
});

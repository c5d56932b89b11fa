import { expect, it } from 'vitest';
import { searchText } from './names';

it('leaves extensions out and names each once', () => {
  expect(searchText(['IMG_0412.JPG', 'IMG_0412.jpg', '_MG_7.jpeg'])).toBe('IMG_0412, _MG_7');
});

it('keeps points that are no extension', () => {
  expect(searchText(['Smith.Wedding.2026', 'a.b'])).toBe('Smith.Wedding, a');
  expect(searchText(['2026.05.14 portrait'])).toBe('2026.05.14 portrait');
});

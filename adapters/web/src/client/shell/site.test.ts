import { expect, it } from 'vitest';
import { siteOf } from './site';

it('shortens an address for people', () => {
  expect(siteOf('https://www.lakeside.example/')).toEqual({
    href: 'https://www.lakeside.example/',
    name: 'lakeside.example',
  });
  expect(siteOf('https://a.example/weddings/')?.name).toBe('a.example/weddings');
});

it('links nothing but pages of the web', () => {
  expect(siteOf('javascript:alert(1)')).toBeNull();
  expect(siteOf('lakeside.example')).toBeNull();
  expect(siteOf('')).toBeNull();
});

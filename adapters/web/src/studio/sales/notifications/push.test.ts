import { expect, it, vi } from 'vitest';

vi.mock('../../../api/base', () => ({ apiBase: '/api/v1' }));
vi.mock('../../../api/studio', () => ({ accessToken: () => Promise.resolve('token') }));
vi.mock('../../../texts/sales', () => ({ t: { notices: { push: { open: 'Open' } } } }));
const { addressHash, bytesOf, obstacle, serverKey } = await import('./push');

const fine = {
  isSecure: true,
  hasPush: true,
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
  touchPoints: 0,
  permission: 'default' as NotificationPermission,
};

it('names what stands in the way', () => {
  expect(obstacle(fine)).toBeNull();
  expect(obstacle({ ...fine, isSecure: false })).toBe('insecure');
  expect(obstacle({ ...fine, hasPush: false })).toBe('unsupported');
  expect(obstacle({ ...fine, permission: 'denied' })).toBe('denied');
});

it('knows an iPad that calls itself a Mac', () => {
  const mac = { ...fine, hasPush: false, userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15)' };
  expect(obstacle(mac)).toBe('unsupported');
  expect(obstacle({ ...mac, touchPoints: 5 })).toBe('iphone');
  expect(obstacle({ ...mac, userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0)' })).toBe('iphone');
});

it('reads base64url', () => {
  expect([...bytesOf('-_8AAQ')]).toEqual([251, 255, 0, 1]);
});

it('knows itself by the hash of its endpoint', async () => {
  expect(await addressHash('')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU');
});

it('takes a server without the key for one without push', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}', { status: 404 })));
  expect(await serverKey()).toBeNull();
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}', { status: 409 })));
  expect(await serverKey()).toBeNull();
  vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ public_key: 'BPk' })));
  expect(await serverKey()).toBe('BPk');
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('{}', { status: 503 })));
  await expect(serverKey()).rejects.toMatchObject({ status: 503 });
});

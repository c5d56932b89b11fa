import { describe, expect, it } from 'vitest';
import type { Schema } from '../../../api/http';
import { includedOf, limitOf, ShareForm } from './form.svelte';

const now = new Date(2026, 4, 14, 12);
const share: Schema['Share'] = {
  id: 's1',
  gallery_id: 'g1',
  label: 'Family',
  has_pin: true,
  expires_at: '2026-06-01T20:00:00Z',
  permissions: { select: true, comment: true, order: false, download: 'proof' },
  limits: { selections: 30 },
  allowance: { files: 20 },
  allowance_left: { files: { included: 20, left: 5 } },
  statistics: { visits: 0, clients: 0, downloads: 0 },
  created_at: '2026-05-01T00:00:00Z',
  updated_at: '2026-05-01T00:00:00Z',
};

describe('a new link', () => {
  it('asks for no PIN and lasts three months unless told otherwise', () => {
    const body = new ShareForm(null).body(now);
    expect(body.pin).toBeUndefined();
    expect(body.expires_at).toBe(new Date(2026, 7, 14, 23, 59, 59).toISOString());
  });

  it('has no comments where nothing can be picked', () => {
    const form = new ShareForm(null);
    form.select = false;
    expect(form.body(now).permissions).toMatchObject({ select: false, comment: false });
  });

  it('says what is wrong', () => {
    const form = new ShareForm(null);
    form.pinChoice = 'set';
    form.pin = '12';
    form.expiry = 'date';
    form.day = '2026-05-13';
    form.downloads = '1.5';
    form.prints = '-1';
    expect(form.wrong(now)).toEqual(['pin', 'expires_at', 'limits.downloads', 'allowance.prints']);
  });
});

describe('a change', () => {
  it('leaves PIN and expiry alone', () => {
    const body = new ShareForm(share).body(now);
    expect('pin' in body).toBe(false);
    expect('expires_at' in body).toBe(false);
    expect(body.limits).toEqual({ selections: 30, downloads: null });
    expect(body.allowance).toEqual({ files: 20, prints: null });
  });

  it('takes PIN and expiry away with null', () => {
    const form = new ShareForm(share);
    form.pinChoice = 'none';
    form.expiry = 'never';
    expect(form.body(now)).toMatchObject({ pin: null, expires_at: null });
  });
});

it('knows what a limit is', () => {
  expect(limitOf(' ')).toBeNull();
  expect(limitOf('30')).toBe(30);
  for (const text of ['0', '-1', '2.5', 'many', '100001']) expect(limitOf(text)).toBeUndefined();
});

it('knows that nothing included is not the same as nothing counted', () => {
  expect(includedOf('')).toBeNull();
  expect(includedOf('0')).toBe(0);
  for (const text of ['-1', '2.5', '20001']) expect(includedOf(text)).toBeUndefined();
});

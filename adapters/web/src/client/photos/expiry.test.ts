import { describe, expect, it } from 'vitest';
import { endOf } from './expiry';

describe('endOf', () => {
  it('adds the lifetime of a presigned URL to its date', () => {
    const url = 'https://b.example/k?X-Amz-Date=20260514T190211Z&X-Amz-Expires=60&X-Amz-Signature=0';
    expect(endOf(url)).toBe(Date.parse('2026-05-14T19:03:11Z'));
  });

  it('reads the end of a signed URL of a CDN', () => {
    expect(endOf('https://cdn.example/k?Expires=1795284000&Signature=x')).toBe(1_795_284_000_000);
  });

  it('knows nothing about other URLs', () => {
    expect(endOf('/media/pictures/abc.def')).toBeNull();
  });
});

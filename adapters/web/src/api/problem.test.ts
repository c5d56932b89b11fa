import { describe, expect, test } from 'vitest';
import { errorOf, unreachable } from './problem';

function reply(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers });
}

describe('errors of the API', () => {
  test('are known by the last part of their type, and name the field at fault', () => {
    const error = errorOf(reply(401), {
      type: '/problems/pin-wrong',
      title: 'Wrong',
      detail: 'No.',
      field: 'pin',
    });
    expect(error).toMatchObject({ status: 401, kind: 'pin-wrong', detail: 'No.', field: 'pin' });
    expect(error.isTransient).toBe(false);
  });

  test('have a kind even if something in between has answered', () => {
    expect(errorOf(reply(502), '<html>')).toMatchObject({
      kind: 'status-502',
      detail: '',
      isTransient: true,
    });
    expect(errorOf(reply(404), undefined).kind).toBe('status-404');
  });

  test('say when to come again', () => {
    expect(errorOf(reply(429, { 'Retry-After': '7' }), {})).toMatchObject({
      retryAfter: 7,
      isTransient: true,
    });
    expect(errorOf(reply(429, { 'Retry-After': 'soon' }), {}).retryAfter).toBeNull();
  });

  test('are transient when no answer came', () => {
    expect(unreachable()).toMatchObject({ status: 0, kind: 'offline', isTransient: true });
  });
});

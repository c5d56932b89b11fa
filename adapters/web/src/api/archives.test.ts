import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ArchiveFailed, whenReady, type Archive } from './archives';
import { unreachable } from './problem';

const archive = (change: Partial<Archive>): Archive => ({
  id: 'a',
  state: 'building',
  filename: 'Ceremony.zip',
  count: 3,
  done: 0,
  expires_at: '2026-05-15T12:00:00Z',
  ...change,
});
const ready = archive({ state: 'ready', done: 3, size_bytes: 10, url: '/media/packs/x' });

describe('whenReady', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('asks until the archive is there and tells of every step', async () => {
    const ask = vi
      .fn<(id: string) => Promise<Archive>>()
      .mockResolvedValueOnce(archive({ done: 2 }))
      .mockResolvedValueOnce(ready);
    const heard: number[] = [];
    const done = whenReady(archive({}), ask, new AbortController().signal, (one) => heard.push(one.done));
    await vi.runAllTimersAsync();
    expect((await done).url).toBe('/media/packs/x');
    expect(heard).toEqual([0, 2, 3]);
    expect(ask).toHaveBeenCalledWith('a');
  });

  it('does not ask for what is there already', async () => {
    const ask = vi.fn<(id: string) => Promise<Archive>>();
    await whenReady(ready, ask, new AbortController().signal, () => undefined);
    expect(ask).not.toHaveBeenCalled();
  });

  it('goes on after a lost connection', async () => {
    const ask = vi
      .fn<(id: string) => Promise<Archive>>()
      .mockRejectedValueOnce(unreachable())
      .mockResolvedValueOnce(ready);
    const done = whenReady(archive({}), ask, new AbortController().signal, () => undefined);
    await vi.runAllTimersAsync();
    expect((await done).state).toBe('ready');
  });

  it('ends when the archive failed, and when nobody wants it any more', async () => {
    const never = (): Promise<Archive> => Promise.resolve(archive({}));
    const failed = whenReady(
      archive({ state: 'failed', failure: 'a file is gone' }),
      never,
      new AbortController().signal,
      () => undefined,
    );
    await expect(failed).rejects.toThrow(ArchiveFailed);
    const controller = new AbortController();
    const left = whenReady(archive({}), never, controller.signal, () => undefined);
    controller.abort();
    await expect(left).rejects.toBe(controller.signal.reason);
    expect(vi.getTimerCount()).toBe(0);
  });
});

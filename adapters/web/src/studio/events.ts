import { apiBase } from '../api/base';
import { withToken, type Schema } from '../api/http';
import { serverEvents } from '../api/sse';
import { accessToken, isLoggedIn } from '../api/studio';

/**
 * What the server tells while something happens, over one stream for the page. It opens with the first listener and
 * opens again by itself after a break. While there is none, `isStreaming` says so, and who must know asks by itself.
 */
export interface StudioEvents {
  'gallery.progress': { gallery_id: string; photo_states: Schema['PhotoStates'] };
  'order.changed': { order_id: string };
  'notification.created': Schema['Notification'];
  /** Something may have been missed: what is shown must be asked for again. */
  reset: Record<string, never>;
}

type Name = keyof StudioEvents;
type Listener = { name: Name; run: (data: never) => void };

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

let listeners: Listener[] = [];
let isOpen = false;
let isRunning = false;
/** The server goes on from there after a break, so that nothing in between is missed. */
let lastId = '';

/** Calls `run` with each event of this name, until the answer is called. */
export function onEvent<N extends Name>(name: N, run: (data: StudioEvents[N]) => void): () => void {
  const listener: Listener = { name, run };
  listeners = [...listeners, listener];
  if (!isRunning) void keepOpen();
  return () => {
    listeners = listeners.filter((other) => other !== listener);
  };
}

/** Whether events come. If not, their listeners hear nothing. */
export function isStreaming(): boolean {
  return isOpen;
}

async function keepOpen(): Promise<void> {
  isRunning = true;
  let pause = FIRST_PAUSE_MS;
  while (isLoggedIn()) {
    try {
      await listen(() => (pause = FIRST_PAUSE_MS));
    } catch {
      // Every break has the same answer: open it again, later and later while that fails.
    }
    isOpen = false;
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
  isRunning = false;
}

async function listen(opened: () => void): Promise<void> {
  const response = await withToken(accessToken, (headers) =>
    fetch(`${apiBase}/events`, {
      headers: {
        ...headers,
        Accept: 'text/event-stream',
        ...(lastId !== '' && { 'Last-Event-ID': lastId }),
      },
    }),
  );
  if (!response.ok || !response.body) return;
  isOpen = true;
  opened();
  for await (const { name, data, id } of serverEvents(response.body)) {
    if (id !== '') lastId = id;
    for (const listener of listeners) {
      if (listener.name === name) listener.run(JSON.parse(data) as never);
    }
  }
}

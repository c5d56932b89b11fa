import { SvelteMap } from 'svelte/reactivity';
import { ok, type Schema } from '../../api/http';
import { ApiError } from '../../api/problem';
import { problemText } from '../../kit/problem-text';
import { toast } from '../../kit/toasts.svelte';
import { t } from '../../texts/client';
import { number } from '../../texts/format';
import { keep, kept } from '../../api/keep';
import { untilOnline } from '../session/online.svelte';
import { client, clientName, renewAllowance, visit } from '../session/visit.svelte';

export type Selection = Schema['Selection'];

const TRIES = 3;
const RETRY_MS = 5_000;

/**
 * The client's selections. A tap shows at once; requests follow one after another, so that two quick taps end as the
 * last one says. What the server refuses is taken back, with a message.
 */
class Picks {
  all: Selection[] = $state.raw([]);
  loaded = $state(false);
  /** Taps whose answer is still to come: photo to whether it shall be in the current selection. */
  pending = new SvelteMap<string, boolean>();
  #chosen: string | null = $state.raw(null);

  current = $derived(this.all.find(({ id }) => id === this.#chosen) ?? this.all[0] ?? null);
  #members = $derived(new Set(this.current?.photo_ids));
  /** All photos picked over all lists: what the limit counts. */
  #union = $derived(new Set(this.all.flatMap(({ photo_ids }) => photo_ids)));
  #others = $derived(
    new Set(this.all.filter((one) => one !== this.current).flatMap(({ photo_ids }) => photo_ids)),
  );

  limit = $derived(visit.gallery?.limits.selections ?? null);
  isLocked = $derived(this.current?.state === 'submitted');
  count = $derived.by(() => {
    let count = this.#members.size;
    for (const [id, on] of this.pending) count += Number(on) - Number(this.#members.has(id));
    return count;
  });
  picked = $derived.by(() => {
    let count = this.#union.size;
    for (const [id, on] of this.pending) {
      if (!this.#others.has(id)) count += Number(on) - Number(this.#members.has(id));
    }
    return count;
  });

  has(photo: string): boolean {
    return this.pending.get(photo) ?? this.#members.has(photo);
  }

  counts(photo: string): boolean {
    return this.#others.has(photo);
  }

  choose(id: string): void {
    this.#chosen = id;
    keep(localStorage, clientName('selection'), id);
  }

  restoreChoice(): void {
    this.#chosen ??= kept<string>(localStorage, clientName('selection'));
  }

  put(selection: Selection): void {
    const known = this.all.some(({ id }) => id === selection.id);
    this.all = known
      ? this.all.map((one) => (one.id === selection.id ? selection : one))
      : [...this.all, selection];
  }
}

export const picks = new Picks();

let queue: Promise<unknown> = Promise.resolve();

/** One request after another: each answer is the whole selection, so a late one must not overtake. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = queue.then(work);
  queue = result.catch(() => undefined);
  return result;
}

export async function loadPicks(): Promise<void> {
  if (visit.gallery?.permissions.select !== true) return;
  await inTurn(async () => {
    const { items } = await ok(client.GET('/client/selections'));
    picks.all = items;
    picks.loaded = true;
    picks.restoreChoice();
  });
}

/** The current selection, made now if there is none yet. */
async function currentSelection(): Promise<Selection> {
  if (picks.current !== null) return picks.current;
  const made = await ok(client.POST('/client/selections', { body: { name: t.picks.firstName } }));
  picks.put(made);
  return made;
}

/** Puts a photo into the current selection, or takes it out. */
export async function togglePick(photo: string): Promise<void> {
  if (picks.isLocked) {
    toast(t.picks.lockedHint);
    return;
  }
  const on = !picks.has(photo);
  if (on && picks.limit !== null && picks.picked >= picks.limit && !picks.counts(photo)) {
    tellLimit(picks.limit);
    return;
  }
  picks.pending.set(photo, on);
  try {
    await inTurn(() => send(photo, on));
  } catch (error) {
    tell(error);
  } finally {
    // A later tap on the same photo has its own request and its own answer.
    if (picks.pending.get(photo) === on) picks.pending.delete(photo);
  }
}

async function send(photo: string, on: boolean): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { id } = await currentSelection();
      const params = { path: { selection_id: id, photo_id: photo } };
      // `keepalive`: a tap right before the page is left still counts.
      const reply = on
        ? client.PUT('/client/selections/{selection_id}/photos/{photo_id}', {
            params,
            body: {},
            keepalive: true,
          })
        : client.DELETE('/client/selections/{selection_id}/photos/{photo_id}', { params, keepalive: true });
      picks.put(await ok(reply));
      return;
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 0 || attempt === TRIES) throw error;
      await untilOnline(RETRY_MS);
    }
  }
}

/** Says something about a photo; that picks it. */
export async function comment(photo: string, text: string): Promise<void> {
  await inTurn(async () => {
    const { id } = await currentSelection();
    const params = { path: { selection_id: id, photo_id: photo } };
    const body = { comment: text };
    picks.put(await ok(client.PUT('/client/selections/{selection_id}/photos/{photo_id}', { params, body })));
  });
}

export function commentOn(photo: string): string {
  return picks.current?.picks.find(({ photo_id }) => photo_id === photo)?.comment ?? '';
}

export async function createSelection(name: string): Promise<void> {
  const made = await inTurn(() => ok(client.POST('/client/selections', { body: { name } })));
  picks.put(made);
  picks.choose(made.id);
}

export async function renameSelection(selection_id: string, name: string): Promise<void> {
  const params = { path: { selection_id } };
  picks.put(
    await inTurn(() => ok(client.PATCH('/client/selections/{selection_id}', { params, body: { name } }))),
  );
}

export async function deleteSelection(selection_id: string): Promise<void> {
  const params = { path: { selection_id } };
  await inTurn(() => ok(client.DELETE('/client/selections/{selection_id}', { params })));
  picks.all = picks.all.filter(({ id }) => id !== selection_id);
}

export async function submitSelection(selection_id: string): Promise<void> {
  const params = { path: { selection_id } };
  picks.put(await inTurn(() => ok(client.POST('/client/selections/{selection_id}/submit', { params }))));
  void renewAllowance();
}

function tellLimit(limit: number): void {
  toast(t.picks.limitReached.replace('#', number(limit)), { tone: 'bad' });
}

function tell(error: unknown): void {
  const kind = error instanceof ApiError ? error.kind : '';
  if (kind === 'selection-limit') tellLimit(picks.limit ?? picks.picked);
  else if (kind === 'selection-locked') toast(t.picks.lockedHint);
  else toast(problemText(error), { tone: 'bad' });
  // What was refused because of something that happened elsewhere shows up with the lists themselves.
  if (kind !== 'offline') void loadPicks().catch(() => undefined);
}

import { ApiError } from '../../api/problem';
import { bytesOf, partsOf } from './parts';
import type { Completed, Remote } from './remote';
import type { UploadTask } from './task.svelte';
import { TransferError } from './transfer';

/** How many part addresses are asked for at once: they end, so not those of the whole file. */
const PARTS_AT_ONCE = 10;

/**
 * One try of one file: its bytes, then the confirmation. Parts that arrived on an earlier try are not sent again.
 * `keep` is called when something is worth remembering for a later try.
 */
export async function attempt(
  task: UploadTask,
  remote: Remote,
  signal: AbortSignal,
  keep: () => void,
): Promise<Completed> {
  const { ticket, file } = task;
  if (!ticket || !file) throw new Error('a task without ticket or file has no turn');
  if (!task.wasStarted) {
    task.wasStarted = true;
    keep();
  }
  try {
    if (partsOf(task.size).length > 0) await sendParts(task, file, remote, signal, keep);
    else await remote.send(ticket, file, signal, (sent) => (task.sentBytes = Math.min(sent, task.size)));
  } catch (error) {
    // The bytes of an earlier try were enough: an answer got lost on its way.
    const completed =
      error instanceof TransferError && error.status === 409 ? await arrived(task, remote) : null;
    if (completed) return completed;
    throw error;
  }
  return remote.complete(ticket.upload_id, task.parts);
}

/** What it became, if the server has all bytes already. */
export async function arrived(task: UploadTask, remote: Remote): Promise<Completed | null> {
  if (!task.ticket) return null;
  try {
    return await remote.complete(task.ticket.upload_id, task.parts);
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) return null;
    throw error;
  }
}

async function sendParts(
  task: UploadTask,
  file: File,
  remote: Remote,
  signal: AbortSignal,
  keep: () => void,
): Promise<void> {
  const there = () => task.parts.map(({ part_number }) => part_number);
  const missing = partsOf(task.size).filter(({ number }) => !there().includes(number));
  for (let place = 0; place < missing.length; place += PARTS_AT_ONCE) {
    const some = missing.slice(place, place + PARTS_AT_ONCE);
    const numbers = some.map(({ number }) => number);
    const links = await remote.requestParts(task.ticket?.upload_id ?? '', numbers);
    for (const { number, start, end } of some) {
      const link = links.find(({ part_number }) => part_number === number);
      if (!link) throw new TransferError(404);
      const before = bytesOf(task.size, there());
      const etag = await remote.send(link, file.slice(start, end), signal, (sent) => {
        task.sentBytes = before + Math.min(sent, end - start);
      });
      task.parts.push({ part_number: number, etag });
      keep();
    }
  }
}

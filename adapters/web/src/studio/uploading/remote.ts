import { ok, type Schema } from '../../api/http';
import { studio } from '../../api/studio';
import type { Target } from './transfer';
import { send } from './transfer';

/** What the queue asks of the server. Tests put another one in its place. */
export interface Remote {
  requestTickets(galleryId: string, files: Schema['FileAnnouncement'][]): Promise<Schema['UploadEntry'][]>;
  requestParts(uploadId: string, partNumbers: number[]): Promise<Schema['PartLink'][]>;
  send(target: Target, bytes: Blob, signal: AbortSignal, onprogress: (sent: number) => void): Promise<string>;
  complete(uploadId: string, parts: Schema['SentPart'][]): Promise<Schema['Photo']>;
  /** Drops the photo of a ticket that nobody will use. */
  discard(photoId: string): Promise<void>;
}

export const remote: Remote = {
  async requestTickets(gallery_id, files) {
    const params = { path: { gallery_id } };
    return (await ok(studio.POST('/galleries/{gallery_id}/uploads', { params, body: { files } }))).uploads;
  },

  async requestParts(upload_id, part_numbers) {
    const params = { path: { upload_id } };
    return (await ok(studio.POST('/uploads/{upload_id}/parts', { params, body: { part_numbers } }))).parts;
  },

  send,

  async complete(upload_id, parts) {
    const params = { path: { upload_id } };
    const body = parts.length > 0 ? { parts } : {};
    return (await ok(studio.POST('/uploads/{upload_id}/complete', { params, body }))) as Schema['Photo'];
  },

  async discard(photo_id) {
    await ok(studio.DELETE('/photos/{photo_id}', { params: { path: { photo_id } } }));
  },
};

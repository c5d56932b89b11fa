import { ok, type Schema } from '../../api/http';
import { studio } from '../../api/studio';
import type { Target } from './transfer';
import { send } from './transfer';

export type Announcement = Schema['FileAnnouncement'];
/** What an upload becomes in the queue: a photo, or an archive whose photos are still to come. */
export type Completed = Schema['Photo'] | Schema['Archive'];

/** What the queue asks of the server. Tests put another one in its place. */
export interface Remote {
  requestTickets(galleryId: string, files: Announcement[]): Promise<Schema['UploadEntry'][]>;
  requestArchive(galleryId: string, filename: string, size: number): Promise<Schema['ArchiveTicket']>;
  requestReplacement(photoId: string, file: Announcement, anyShape: boolean): Promise<Schema['UploadEntry']>;
  requestParts(uploadId: string, partNumbers: number[]): Promise<Schema['PartLink'][]>;
  send(target: Target, bytes: Blob, signal: AbortSignal, onprogress: (sent: number) => void): Promise<string>;
  complete(uploadId: string, parts: Schema['SentPart'][]): Promise<Completed>;
  findPhoto(photoId: string): Promise<Schema['Photo']>;
  findArchive(archiveId: string): Promise<Schema['Archive']>;
  /** Drops the photo of a ticket that nobody will use. */
  discard(photoId: string): Promise<void>;
}

export const remote: Remote = {
  async requestTickets(gallery_id, files) {
    const params = { path: { gallery_id } };
    return (await ok(studio.POST('/galleries/{gallery_id}/uploads', { params, body: { files } }))).uploads;
  },

  requestArchive(gallery_id, filename, size) {
    const params = { path: { gallery_id } };
    return ok(studio.POST('/galleries/{gallery_id}/archives', { params, body: { filename, size } }));
  },

  requestReplacement(photo_id, body, allow_different_shape) {
    const params = { path: { photo_id }, query: { allow_different_shape } };
    return ok(studio.PUT('/photos/{photo_id}/replacement', { params, body }));
  },

  async requestParts(upload_id, part_numbers) {
    const params = { path: { upload_id } };
    return (await ok(studio.POST('/uploads/{upload_id}/parts', { params, body: { part_numbers } }))).parts;
  },

  send,

  async complete(upload_id, parts) {
    const params = { path: { upload_id } };
    const body = parts.length > 0 ? { parts } : {};
    return (await ok(studio.POST('/uploads/{upload_id}/complete', { params, body }))) as Completed;
  },

  findPhoto(photo_id) {
    return ok(studio.GET('/photos/{photo_id}', { params: { path: { photo_id } } }));
  },

  findArchive(archive_id) {
    return ok(studio.GET('/archives/{archive_id}', { params: { path: { archive_id } } }));
  },

  async discard(photo_id) {
    await ok(studio.DELETE('/photos/{photo_id}', { params: { path: { photo_id } } }));
  },
};

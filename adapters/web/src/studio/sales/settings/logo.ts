import { ok, type Schema } from '../../../api/http';
import { errorOf, unreachable } from '../../../api/problem';
import { studio } from '../../../api/studio';

/** What the server takes unless its operator says otherwise (`uploads.largest_logo`). */
export const LARGEST_LOGO = 8 * 1024 * 1024;

/** Uploads a logo: a ticket, the bytes, and the word that they are there. */
export async function uploadLogo(file: File): Promise<string> {
  const body: Schema['NewStudioImage'] = { filename: file.name, size: file.size, content_type: 'image/png' };
  const ticket = await ok(studio.POST('/studio/images', { body }));
  const response = await fetch(ticket.url, {
    method: ticket.method,
    headers: ticket.headers,
    body: file,
  }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw errorOf(response, await response.json().catch(() => null));
  const path = { upload_id: ticket.upload_id };
  await ok(studio.POST('/uploads/{upload_id}/complete', { params: { path }, body: {} }));
  return ticket.image_id;
}

import { ok, type Schema } from '../../../api/http';
import { studio } from '../../../api/studio';
import { send } from '../../uploading/transfer';

/** Uploads a PNG and answers the studio's image that it became. */
export async function uploadLogo(file: File): Promise<Schema['StudioImage']> {
  const body = { filename: file.name, size: file.size, content_type: file.type };
  const ticket = await ok(studio.POST('/studio/images', { body }));
  await send(ticket, file, new AbortController().signal, () => undefined);
  const params = { path: { upload_id: ticket.upload_id } };
  return (await ok(
    studio.POST('/uploads/{upload_id}/complete', { params, body: {} }),
  )) as Schema['StudioImage'];
}

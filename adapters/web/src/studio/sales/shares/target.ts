import { ok, type Schema } from '../../../api/http';
import { studio } from '../../../api/studio';

/** What a link opens. */
export interface Target {
  kind: 'gallery' | 'collection';
  id: string;
  name: string;
}

export function listShares(
  target: Pick<Target, 'kind' | 'id'>,
  cursor: string | undefined,
): Promise<Schema['Page_Share']> {
  const query = cursor === undefined ? {} : { cursor };
  return target.kind === 'gallery'
    ? ok(studio.GET('/galleries/{gallery_id}/shares', { params: { path: { gallery_id: target.id }, query } }))
    : ok(
        studio.GET('/collections/{collection_id}/shares', {
          params: { path: { collection_id: target.id }, query },
        }),
      );
}

export function createShare(target: Target, body: Schema['NewShare']): Promise<Schema['ShareWithLink']> {
  return target.kind === 'gallery'
    ? ok(studio.POST('/galleries/{gallery_id}/shares', { params: { path: { gallery_id: target.id } }, body }))
    : ok(
        studio.POST('/collections/{collection_id}/shares', {
          params: { path: { collection_id: target.id } },
          body,
        }),
      );
}

export function changeShare(id: string, body: Schema['SharePatch']): Promise<Schema['Share']> {
  return ok(studio.PATCH('/shares/{share_id}', { params: { path: { share_id: id } }, body }));
}

export async function revokeShare(id: string): Promise<void> {
  await ok(studio.DELETE('/shares/{share_id}', { params: { path: { share_id: id } } }));
}

/** The QR code of a link, which the server can draw at any time. It goes nowhere but into this page. */
export async function shareQr(id: string, kind: 'svg' | 'png'): Promise<Blob> {
  const params = { params: { path: { share_id: id } }, parseAs: 'blob' } as const;
  const blob =
    kind === 'svg'
      ? await ok(studio.GET('/shares/{share_id}/qr.svg', params))
      : await ok(studio.GET('/shares/{share_id}/qr.png', params));
  return new Blob([blob as unknown as Blob], { type: kind === 'svg' ? 'image/svg+xml' : 'image/png' });
}

import { ok } from '../../../api/http';
import { studio } from '../../../api/studio';
import { copy } from '../parts/clipboard';
import { saveBlob } from '../parts/save-blob';

interface Listed {
  id: string;
  name: string;
}

/** Copies the names of a selection's photos as the search of a raw converter takes them. */
export async function copyNamesFor(format: 'lightroom' | 'capture_one', selection: Listed): Promise<boolean> {
  const params = { path: { selection_id: selection.id }, query: { format } };
  const names = await ok(studio.GET('/selections/{selection_id}/export', { params, parseAs: 'text' }));
  return copy(String(names));
}

/** Saves a selection as a table or as sidecars. */
export async function saveExport(
  selection: Listed,
  query: { format: 'csv' | 'xmp'; comments?: boolean },
): Promise<void> {
  const params = { path: { selection_id: selection.id }, query };
  const file = await ok(studio.GET('/selections/{selection_id}/export', { params, parseAs: 'blob' }));
  saveBlob(file as Blob, query.format === 'csv' ? `${selection.name}.csv` : `${selection.name} (XMP).zip`);
}

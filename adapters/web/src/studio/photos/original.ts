import { apiBase } from '../../api/base';
import { withToken } from '../../api/http';
import { accessToken } from '../../api/studio';
import { errorOf, unreachable } from '../../api/problem';

/** The bytes of an original. The address asks for a token, so a plain link to it would be refused. */
export async function fetchOriginal(photoId: string): Promise<Blob> {
  const response = await withToken(accessToken, (headers) =>
    fetch(`${apiBase}/photos/${photoId}/original`, { headers }).catch(() => {
      throw unreachable();
    }),
  );
  if (!response.ok) throw errorOf(response, await response.json().catch(() => null));
  return response.blob();
}

/** Saves an original under the name that the camera gave it. */
export async function saveOriginal(photoId: string, filename: string): Promise<void> {
  const url = URL.createObjectURL(await fetchOriginal(photoId));
  const link = document.createElement('a');
  link.href = url;
  link.download = filename;
  link.click();
  // The browser reads the address after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

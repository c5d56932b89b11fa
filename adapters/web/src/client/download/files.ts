import { apiBase } from '../../api/base';
import { withToken } from '../../api/http';
import { errorOf, unreachable } from '../../api/problem';
import type { Photo } from '../photos/chapters';
import { accessToken } from '../session/visit.svelte';

/** The sizes that a share may permit; each includes those before it. */
const SIZES = ['proof', 'sized', 'full'] as const;
export type Size = (typeof SIZES)[number];

export function sizesOf(permission: string): Size[] {
  return SIZES.slice(0, SIZES.indexOf(permission as Size) + 1);
}

/** One file. The token goes in a header, so this is a request and not a link. */
export async function fetchFile(photo: string, size: Size, signal: AbortSignal): Promise<Response> {
  const url = `${apiBase}/client/photos/${encodeURIComponent(photo)}/download?size=${size}`;
  let response: Response;
  try {
    response = await withToken(accessToken, (headers) => fetch(url, { signal, headers }));
  } catch (error) {
    if (signal.aborted) throw error;
    throw unreachable();
  }
  if (!response.ok) throw errorOf(response, await response.json().catch(() => null));
  return response;
}

/** The name that the server gives a file, or the camera's. */
export function nameOf(response: Response, photo: Photo): string {
  const header = response.headers.get('Content-Disposition') ?? '';
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(header)?.[1];
  const plain = /filename="([^"]+)"/i.exec(header)?.[1];
  try {
    return (extended && decodeURIComponent(extended)) || plain || photo.filename;
  } catch {
    return plain ?? photo.filename;
  }
}

/** Hands bytes to the browser as a download. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the bytes by the time a person could do anything else.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

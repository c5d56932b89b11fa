/** Offers bytes as a download. `filename` loses what no file system takes. */
export function saveBlob(blob: Blob, filename: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = filename.replace(/[\\/:*?"<>|]+/g, '-');
  link.click();
  // The browser has read the address by then; the bytes are kept until it has read them too.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

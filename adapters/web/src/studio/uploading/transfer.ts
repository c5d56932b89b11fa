/** Why bytes did not arrive. */
export class TransferError extends Error {
  override readonly name = 'TransferError';

  constructor(
    /** The HTTP status; 0 when no answer came. */
    readonly status: number,
  ) {
    super(`transfer ended with ${status}`);
  }

  /** Whether the same bytes may arrive on another try. 409 means that an earlier try is still held open. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 409 || this.status === 429 || this.status >= 500;
  }

  /** Whether the ticket is the reason: it has ended, or belongs to nobody any more. */
  get isTicketGone(): boolean {
    return this.status === 401 || this.status === 403 || this.status === 404 || this.status === 410;
  }
}

export interface Target {
  url: string;
  headers: Record<string, string>;
}

/**
 * Sends bytes and answers the `ETag` of what arrived. `XMLHttpRequest`, because `fetch` does not say how far it is.
 */
export function send(
  target: Target,
  bytes: Blob,
  signal: AbortSignal,
  onprogress: (sentBytes: number) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', target.url);
    for (const [name, value] of Object.entries(target.headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onprogress(loaded);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.getResponseHeader('ETag') ?? '');
      else reject(new TransferError(request.status));
    };
    request.onerror = () => reject(new TransferError(0));
    request.onabort = () => reject(signal.reason);
    signal.addEventListener('abort', () => request.abort(), { once: true });
    if (signal.aborted) reject(signal.reason);
    else request.send(bytes);
  });
}

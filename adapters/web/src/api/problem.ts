import type { components } from './schema';

export type Problem = components['schemas']['Problem'];

/** What the API refused, or that it could not be reached. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    /** The HTTP status; 0 when no answer came. */
    readonly status: number,
    /** The last part of the problem's type, such as `pin-wrong`; `offline` when no answer came. */
    readonly kind: string,
    /** A sentence for people. Empty when only the status is known. */
    readonly detail: string,
    /** The field at fault, as a path into the body. */
    readonly field: string | null = null,
    /** When trying again is welcome, in seconds from now. */
    readonly retryAfter: number | null = null,
  ) {
    super(`${status} ${kind}`);
  }

  /** Whether the same request may succeed later without a change. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The error behind a reply that is no success. `body` is what was parsed of it, if anything. */
export function errorOf(response: Response, body: unknown): ApiError {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>;
  const retryAfter = Number(response.headers.get('Retry-After'));
  const isTold = Number.isFinite(retryAfter) && retryAfter > 0;
  return read(problem, response.status, isTold ? retryAfter : null);
}

/** The error of a part of a request whose other parts may have gone well. */
export function errorOfPart(problem: Problem): ApiError {
  return read(problem, problem.status, null);
}

function read(problem: Partial<Problem>, status: number, retryAfter: number | null): ApiError {
  const kind = problem.type?.split('/').pop() || `status-${status}`;
  const detail = problem.detail || problem.title || '';
  return new ApiError(status, kind, detail, problem.field ?? null, retryAfter);
}

/** The error of a request without an answer: no network, no server, or a page that is being left. */
export function unreachable(): ApiError {
  return new ApiError(0, 'offline', '');
}

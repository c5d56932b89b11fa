import { ApiError } from '../../../api/problem';

/** The field that the API found fault with, as a path into the body, and its sentence about it. */
export function fieldError(error: unknown): { field: string; text: string } | null {
  if (!(error instanceof ApiError) || error.status !== 422 || error.field === null) return null;
  return { field: error.field, text: error.detail };
}

/** Whether somebody else changed the thing since it was read. */
export function isChangedElsewhere(error: unknown): boolean {
  return error instanceof ApiError && error.status === 412;
}

export function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

import { ApiError } from '../../api/problem';
import { problemText } from '../../kit/problem-text';
import { t } from '../../texts/studio';

type Told = string | null | undefined;

/** What a person reads about something that could not be: the words for its kind, or else the API's own sentence. */
export function faultText(kind: Told, sentence: Told): string {
  return t.faults[kind ?? ''] ?? sentence ?? '';
}

/** What a person reads about a file that is not taken. */
export function refusalText(error: unknown): string {
  const words = error instanceof ApiError ? t.refusals[error.kind] : undefined;
  return words ?? problemText(error);
}

export type FaultText = typeof faultText;

import { ApiError } from '../api/problem';
import { kitTexts } from '../texts/kit';

/** What a person reads about an error: the API's own sentence where it has one. */
export function problemText(error: unknown): string {
  if (!(error instanceof ApiError)) return kitTexts.problem.unexpected;
  if (error.status === 0) return kitTexts.problem.offline;
  if (error.status === 429) return kitTexts.problem.tooOften;
  if (error.status >= 500 || error.detail === '') return kitTexts.problem.unexpected;
  return error.detail;
}

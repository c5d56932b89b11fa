import type { Schema } from '../../api/http';
import type { FaultText } from '../parts/fault-text';

/** What became of a file that has arrived: whether it is still being worked on, is done, or was refused. */
export interface Outcome {
  state: 'working' | 'done' | 'refused';
  /** Why it was refused, in a sentence. */
  reason: string;
}

const working: Outcome = { state: 'working', reason: '' };
const done: Outcome = { state: 'done', reason: '' };

/**
 * What became of an edited file. `superseded` is said when the photo knows nothing of it: somebody chose another file for
 * the photo meanwhile.
 */
export function replacementOutcome(
  photo: Pick<Schema['Photo'], 'replacement' | 'replacement_filename'>,
  filename: string,
  superseded: string,
  faultText: FaultText,
): Outcome {
  const next = photo.replacement;
  // The server takes spaces off both ends of a name.
  const isOurs = (name: string | null | undefined): boolean => name?.trim() === filename.trim();
  if (next && isOurs(next.filename)) {
    if (next.state === 'processing') return working;
    if (next.state === 'refused') {
      return { state: 'refused', reason: faultText(next.failure_kind, next.failure) };
    }
  }
  return !next && isOurs(photo.replacement_filename) ? done : { state: 'refused', reason: superseded };
}

export function archiveOutcome(
  { state, failure, failure_kind }: Pick<Schema['Archive'], 'state' | 'failure' | 'failure_kind'>,
  faultText: FaultText,
): Outcome {
  if (state === 'failed') return { state: 'refused', reason: faultText(failure_kind, failure) };
  return state === 'expanded' ? done : working;
}

import type { Schema } from '../../api/http';
import { errorOfPart, type ApiError } from '../../api/problem';
import type { Ticket } from '../uploading/task.svelte';

export type MatchOutcome = 'matched' | 'ambiguous' | 'unmatched' | 'unchanged' | 'refused';

/** An edited file, and what is known of the photo that it belongs to. */
export interface Match {
  file: File;
  outcome: MatchOutcome;
  /** The photo, if it is certain. */
  photoId: string | null;
  /** The photos to choose from, if it is not. */
  candidates: string[];
  /** Where to send the file, if its photo is certain. */
  ticket: Ticket | null;
  /** Why it cannot be taken. */
  reason: string;
}

/** What a person has decided: photos for files that are not certain, and files that shall not be taken. */
export interface Decisions {
  chosen: ReadonlyMap<File, string>;
  leftOut: ReadonlySet<File>;
}

export interface Pair {
  match: Match;
  photoId: string;
}

/**
 * Joins files with the server's answers, which come in the same order. The server sees no more than a part of a large
 * folder at once; where files of different parts claim one photo, none of them is certain.
 */
export function matchesOf(
  files: File[],
  entries: Schema['MatchEntry'][],
  describe: (error: ApiError) => string,
): Match[] {
  const matches = files.map((file, place) => matchOf(file, entries[place], describe));
  const claims = new Map<string, number>();
  for (const { photoId } of matches) {
    if (photoId !== null) claims.set(photoId, (claims.get(photoId) ?? 0) + 1);
  }
  return matches.map((match) =>
    match.photoId !== null && (claims.get(match.photoId) ?? 0) > 1
      ? { ...match, outcome: 'ambiguous', candidates: [match.photoId], photoId: null, ticket: null }
      : match,
  );
}

function matchOf(
  file: File,
  entry: Schema['MatchEntry'] | undefined,
  describe: (error: ApiError) => string,
): Match {
  const nothing = { file, photoId: null, candidates: [], ticket: null, reason: '' };
  if (entry?.error) {
    return { ...nothing, outcome: 'refused', reason: describe(errorOfPart(entry.error)) };
  }
  if (entry?.outcome === 'matched' && entry.photo_id) {
    return { ...nothing, outcome: 'matched', photoId: entry.photo_id, ticket: ticketOf(entry.upload) };
  }
  if (entry?.outcome === 'ambiguous') {
    return { ...nothing, outcome: 'ambiguous', candidates: entry.candidates ?? [] };
  }
  return { ...nothing, outcome: entry?.outcome === 'unchanged' ? 'unchanged' : 'unmatched' };
}

function ticketOf(entry: Schema['UploadEntry'] | null | undefined): Ticket | null {
  if (!entry?.upload_id || !entry.photo_id || !entry.url) return null;
  return {
    upload_id: entry.upload_id,
    photo_id: entry.photo_id,
    url: entry.url,
    headers: entry.headers ?? {},
  };
}

export function grouped(matches: Match[]): Record<MatchOutcome, Match[]> {
  const groups: Record<MatchOutcome, Match[]> = {
    matched: [],
    ambiguous: [],
    unmatched: [],
    unchanged: [],
    refused: [],
  };
  for (const match of matches) groups[match.outcome].push(match);
  return groups;
}

/** What is to be replaced by what, as things are decided. */
export function pairsOf(matches: Match[], { chosen, leftOut }: Decisions): Pair[] {
  return matches.flatMap((match) => {
    const photoId = match.photoId ?? chosen.get(match.file);
    return photoId === undefined || leftOut.has(match.file) ? [] : [{ match, photoId }];
  });
}

/** Which file each photo gets. A photo gets one. */
export function claimsOf(pairs: Pair[]): Map<string, File> {
  return new Map(pairs.map(({ match, photoId }) => [photoId, match.file]));
}

/** How many files still wait for somebody to say what they belong to. */
export function undecided(matches: Match[], { chosen, leftOut }: Decisions): number {
  return matches.filter(
    ({ outcome, file }) => outcome === 'ambiguous' && !chosen.has(file) && !leftOut.has(file),
  ).length;
}

/** A photo for each file that has only one candidate, unless another file has it or wants it too. */
export function onlyChoices(matches: Match[], decisions: Decisions): Map<File, string> {
  const claimed = new Set(claimsOf(pairsOf(matches, decisions)).keys());
  const wanted = matches.filter(
    ({ outcome, file, candidates }) =>
      outcome === 'ambiguous' &&
      candidates.length === 1 &&
      !decisions.chosen.has(file) &&
      !decisions.leftOut.has(file),
  );
  const only = ({ candidates }: Match): string => candidates[0] ?? '';
  const isFree = (match: Match): boolean =>
    !claimed.has(only(match)) && wanted.filter((other) => only(other) === only(match)).length === 1;
  return new Map(wanted.filter(isFree).map((match) => [match.file, only(match)]));
}

import type { Schema } from '../../api/http';
import type { FaultText } from '../parts/fault-text';

/** What became of an archive, as people look at it: what went wrong first, by reason. */
export interface Report {
  /** Names of the entries that became photos. */
  added: string[];
  refused: { reason: string; names: string[] }[];
}

type Entry = Pick<Schema['ArchiveEntry'], 'name' | 'error' | 'error_kind'>;

export function reportOf(entries: Entry[], faultText: FaultText): Report {
  const added: string[] = [];
  const refused = new Map<string, string[]>();
  for (const { name, error, error_kind } of entries) {
    if (!error) {
      added.push(name);
      continue;
    }
    const reason = faultText(error_kind, error);
    const names = refused.get(reason) ?? [];
    names.push(name);
    refused.set(reason, names);
  }
  const groups = [...refused].map(([reason, names]) => ({ reason, names }));
  // The most frequent reason is the one to do something about.
  return { added, refused: groups.sort((a, b) => b.names.length - a.names.length) };
}

export interface Counts {
  added: number;
  refused: number;
}

export function countsOf(entries: Entry[]): Counts {
  const refused = entries.filter(({ error }) => Boolean(error)).length;
  return { added: entries.length - refused, refused };
}

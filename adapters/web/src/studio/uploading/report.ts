import type { Schema } from '../../api/http';

/** What became of an archive, as people look at it: what went wrong first, by reason. */
export interface Report {
  /** Names of the entries that became photos. */
  added: string[];
  refused: { reason: string; names: string[] }[];
}

type Entry = Pick<Schema['ArchiveEntry'], 'name' | 'error'>;

export function reportOf(entries: Entry[]): Report {
  const added: string[] = [];
  const refused = new Map<string, string[]>();
  for (const { name, error } of entries) {
    if (!error) {
      added.push(name);
      continue;
    }
    const names = refused.get(error) ?? [];
    names.push(name);
    refused.set(error, names);
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

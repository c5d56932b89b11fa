/** What is asked of the list of galleries. Empty means everything. It lives in the page's address. */
export interface Question {
  q: string;
  state: string;
  collection: string;
}

export function readQuestion(search: string): Question {
  const asked = new URLSearchParams(search);
  return {
    q: asked.get('q') ?? '',
    state: asked.get('state') ?? '',
    collection: asked.get('collection') ?? '',
  };
}

export function writeQuestion(question: Question): string {
  const asked = new URLSearchParams(Object.entries(question).filter(([, value]) => value !== ''));
  return asked.size > 0 ? `?${asked}` : '';
}

export function isEmpty({ q, state, collection }: Question): boolean {
  return q === '' && state === '' && collection === '';
}

/** The same for the API. */
export function queryOf({ q, state, collection }: Question): Record<string, string> {
  return {
    ...(q.trim() ? { q: q.trim() } : {}),
    ...(state ? { state } : {}),
    ...(collection ? { collection_id: collection } : {}),
  };
}

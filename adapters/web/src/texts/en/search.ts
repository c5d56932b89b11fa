export const search = {
  label: 'Search the studio',
  placeholder: 'Search',
  open: 'Search',
  title: 'Search',
  hint: 'Filenames, tags, days, names and addresses. Every word must be found.',
  nothing: (q: string) => `Nothing is found by “${q}”.`,
  results: { one: '# result', other: '# results' },
  more: 'Show more',
  all: 'Show everything',
  tooLong: 'That is more than ten words or 200 characters.',
  noWord: 'Type a letter or a digit.',
  kinds: {
    collection: 'Collections',
    gallery: 'Galleries',
    client: 'Clients',
    order: 'Orders',
    photo: 'Photos',
  } as Record<string, string>,
};

export type SearchTexts = typeof search;

/**
 * Filenames as a search box of Lightroom or Capture One takes them: without extensions, so that raw files are found by
 * the names of their JPEGs, each once, separated by commas.
 */
export function searchText(filenames: readonly string[]): string {
  const stems = filenames.map((name) => name.replace(/\.[A-Za-z0-9]{1,5}$/, ''));
  return [...new Set(stems)].join(', ');
}

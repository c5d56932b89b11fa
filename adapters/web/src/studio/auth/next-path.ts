/** Where to go after logging in: a path of this studio and nothing else, so that a link cannot send people away. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

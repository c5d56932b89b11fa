import { isLoggedIn } from '../../api/studio';

/**
 * The hooks of the routes. They import the router when they run: it imports them.
 */
async function router() {
  return import('../routes');
}

/** Sends a visitor without a login to the log-in page, and from there back to where he wanted to go. */
export async function requireLogin(): Promise<void> {
  if (isLoggedIn()) return;
  throw await goToLogin();
}

export async function requireNoLogin(): Promise<void> {
  if (!isLoggedIn()) return;
  const { navigate } = await router();
  throw await navigate('/', { replace: true });
}

export async function goToLogin(): Promise<unknown> {
  const { navigate } = await router();
  const here = location.pathname + location.search;
  const search: Record<string, string> = here === '/' || here.startsWith('/login') ? {} : { next: here };
  return navigate('/login', { replace: true, search });
}

/** Where to go after logging in: a path of this studio and nothing else, so that a link cannot send people away. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

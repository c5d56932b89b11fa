import { isLoggedIn } from '../../api/studio';
import { navigate } from '../routes';

/** Sends a visitor without a login to the log-in page, which leads back to where the visitor wanted to go. */
export async function requireLogin({ pathname }: { pathname: string }): Promise<void> {
  if (!isLoggedIn()) throw await goToLogin(pathname);
}

export async function requireNoLogin(): Promise<void> {
  if (isLoggedIn()) throw await navigate('/', { replace: true });
}

export async function goToLogin(from = location.pathname): Promise<unknown> {
  if (from === '/login') return undefined;
  const search: Record<string, string> = from === '/' ? {} : { next: from + location.search };
  return navigate('/login', { replace: true, search });
}

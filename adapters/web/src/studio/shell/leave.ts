import { logOut } from '../../api/studio';

/** Logs out. The page is loaded anew, so that nothing of the studio stays in memory. */
export async function leave(): Promise<void> {
  // The login is gone from this device even when the server cannot be told.
  await logOut().catch(() => undefined);
  location.assign('/login');
}

import type { Schema } from '../../../api/http';

export type ShareState = 'active' | 'expired' | 'revoked';

type Ends = Pick<Schema['Share'], 'expires_at' | 'revoked_at'>;

/** Whether a link works. One that was revoked stays revoked, whatever its expiry says. */
export function shareState(share: Ends, now: Date = new Date()): ShareState {
  if (share.revoked_at) return 'revoked';
  if (share.expires_at && new Date(share.expires_at) <= now) return 'expired';
  return 'active';
}

/** Whether a link ends so soon that the photographer should know. */
export function endsSoon(share: Ends, now: Date = new Date()): boolean {
  if (!share.expires_at || shareState(share, now) !== 'active') return false;
  return new Date(share.expires_at).getTime() - now.getTime() < 3 * 24 * 3_600_000;
}

import { ok, type Schema } from '../../api/http';
import { studio as api } from '../../api/studio';

/** The studio that is logged in. It is asked for once; who changes it, sets it here. */
export const account: { studio: Schema['Studio'] | null } = $state({ studio: null });

export async function loadAccount(): Promise<void> {
  account.studio = await ok(api.GET('/studio'));
}

import { ok, type Schema } from '../../../api/http';
import { studio } from '../../../api/studio';
import { account } from '../../shell/account.svelte';

/** Changes the studio. Only what is sent changes, so two windows that change different things do not collide. */
export async function patchStudio(body: Schema['StudioPatch']): Promise<void> {
  account.studio = await ok(studio.PATCH('/studio', { body }));
}

import { toast } from '../../../kit/toasts.svelte';
import { t } from '../../../texts/sales';

/** Copies, and says so when it did not work: browsers refuse it outside of https and without a click. */
export async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toast(t.shared.copyFailed, { tone: 'bad' });
    return false;
  }
}

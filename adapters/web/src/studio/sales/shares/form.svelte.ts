import { orNull } from '../../../api/or-null';
import type { Schema } from '../../../api/http';
import { expiryOf, lastDay, type ExpiryChoice } from './expiry';
import { isPin, suggestPin } from './pin';

export type Download = 'none' | 'proof' | 'sized' | 'original';
export const downloads: readonly Download[] = ['none', 'proof', 'sized', 'original'];

/** What happens to the PIN: a stored one can be kept, but not shown. */
export type PinChoice = 'none' | 'keep' | 'set';

/** The paths of the API for what can be wrong in this form. */
export type ShareField =
  | 'label'
  | 'pin'
  | 'expires_at'
  | 'limits.selections'
  | 'limits.downloads'
  | 'allowance.files'
  | 'allowance.prints';

const LARGEST_LIMIT = 100_000;
const LARGEST_ALLOWANCE = 20_000;

/** A whole number as typed: null for nothing, `undefined` for what is none of the range. */
function numberOf(text: string, least: number, most: number): number | null | undefined {
  const bare = text.trim();
  if (bare === '') return null;
  const value = Number(bare);
  return Number.isInteger(value) && value >= least && value <= most ? value : undefined;
}

/** A limit as typed: null for none, `undefined` for what is no limit. */
export function limitOf(text: string): number | null | undefined {
  return numberOf(text, 1, LARGEST_LIMIT);
}

/** How much is included, as typed: null for what is not counted, which is something else than 0. */
export function includedOf(text: string): number | null | undefined {
  return numberOf(text, 0, LARGEST_ALLOWANCE);
}

/** A link as it is typed, new or to be changed. */
export class ShareForm {
  label = $state('');
  pinChoice: PinChoice = $state('none');
  pin = $state(suggestPin());
  expiry: ExpiryChoice | 'keep' = $state('months3');
  day = $state('');
  select = $state(true);
  comment = $state(true);
  order = $state(true);
  download: Download = $state('none');
  selections = $state('');
  downloads = $state('');
  files = $state('');
  prints = $state('');
  /** What it was made from; null for a new link. */
  readonly share: Schema['Share'] | null;

  constructor(share: Schema['Share'] | null) {
    this.share = share;
    if (share === null) return;
    this.label = share.label;
    this.pinChoice = share.has_pin ? 'keep' : 'none';
    this.expiry = 'keep';
    this.day = share.expires_at ? lastDay(share.expires_at) : '';
    this.select = share.permissions.select;
    this.comment = share.permissions.comment;
    this.order = share.permissions.order;
    this.download = downloads.find((one) => one === share.permissions.download) ?? 'none';
    this.selections = String(share.limits.selections ?? '');
    this.downloads = String(share.limits.downloads ?? '');
    this.files = String(share.allowance.files ?? '');
    this.prints = String(share.allowance.prints ?? '');
  }

  /** The fields that cannot be sent as they are. */
  wrong(now: Date): ShareField[] {
    const wrong: ShareField[] = [];
    if (this.pinChoice === 'set' && !isPin(this.pin)) wrong.push('pin');
    if (this.expiry !== 'keep' && expiryOf(this.expiry, this.day, now) === undefined)
      wrong.push('expires_at');
    if (limitOf(this.selections) === undefined) wrong.push('limits.selections');
    if (limitOf(this.downloads) === undefined) wrong.push('limits.downloads');
    if (includedOf(this.files) === undefined) wrong.push('allowance.files');
    if (includedOf(this.prints) === undefined) wrong.push('allowance.prints');
    return wrong;
  }

  /** A form without wrong fields, as the API takes it: for a new link as for a change. */
  body(now: Date): Schema['NewShare'] & Schema['SharePatch'] {
    const body: Schema['NewShare'] = {
      label: this.label.trim(),
      permissions: {
        select: this.select,
        comment: this.select && this.comment,
        order: this.order,
        download: this.download,
      },
      limits: {
        selections: orNull(limitOf(this.selections)),
        downloads: orNull(limitOf(this.downloads)),
      },
      allowance: {
        files: orNull(includedOf(this.files)),
        prints: orNull(includedOf(this.prints)),
      },
    };
    if (this.pinChoice === 'set') body.pin = this.pin.trim();
    if (this.pinChoice === 'none' && this.share?.has_pin) body.pin = orNull<string>(null);
    if (this.expiry !== 'keep') body.expires_at = orNull(expiryOf(this.expiry, this.day, now)?.toISOString());
    return body;
  }
}

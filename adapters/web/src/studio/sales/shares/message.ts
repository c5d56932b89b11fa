import type { Schema } from '../../../api/http';
import { t } from '../../../texts/sales';
import { day } from '../../../texts/format';

type Shared = Pick<Schema['ShareWithLink'], 'url' | 'permissions' | 'expires_at'>;

/** What a photographer may send to a client, ready to paste. */
export function messageFor(share: Shared, name: string, pin: string | null, studioName: string): string {
  const texts = t.shares.message;
  const link = [share.url, ...(pin === null ? [] : [texts.pin(pin)])].join('\n');
  const what = [
    ...(share.permissions.select ? [texts.select] : []),
    ...(share.permissions.order ? [texts.order] : []),
    ...(share.expires_at ? [texts.until(day(share.expires_at))] : []),
  ].join('\n');
  const parts = [texts.hello, texts.ready(name), link, what, `${texts.bye}\n${studioName}`];
  return parts.filter((part) => part !== '').join('\n\n');
}

export function mailLink(subject: string, body: string): string {
  return `mailto:?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body.replace(/\n/g, '\r\n'))}`;
}

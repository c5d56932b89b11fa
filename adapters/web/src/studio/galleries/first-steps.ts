import type { Schema } from '../../api/http';

/** The way from nothing to a link that a client has. */
export type StepKey = 'gallery' | 'upload' | 'watermark' | 'share';

export interface Step {
  key: StepKey;
  done: boolean;
  /** Where it is done; the first step has no page yet. */
  href: string | null;
}

const SEEN = 'halftone.studio.watermark-seen';

/** Whether the photographer has looked at the watermark: the mark with the studio's name may simply be right. */
export function watermarkSeen(): boolean {
  return localStorage.getItem(SEEN) !== null;
}

export function markWatermarkSeen(): void {
  localStorage.setItem(SEEN, '1');
}

export function stepsOf(
  gallery: Pick<Schema['Gallery'], 'id' | 'photo_count'> | undefined,
  isWatermarkSeen: boolean,
  isShared: boolean,
): Step[] {
  const at = (tab: string) => (gallery ? `/galleries/${gallery.id}${tab}` : null);
  return [
    { key: 'gallery', done: gallery !== undefined, href: null },
    { key: 'upload', done: (gallery?.photo_count ?? 0) > 0, href: at('') },
    { key: 'watermark', done: isShared || isWatermarkSeen, href: at('?tab=settings') },
    { key: 'share', done: isShared, href: at('?tab=shares') },
  ];
}

import type { Schema } from '../../../api/http';

type Gallery = Schema['Gallery'];

export type WatermarkKind = 'none' | 'text' | 'image';
export type Layout = (typeof layouts)[number];

/** In the order in which they lie on a picture, row by row; `tiled` covers all of it. */
export const layouts = ['tiled', 'top_left', 'top_right', 'centre', 'bottom_left', 'bottom_right'] as const;

/** The processing options as the form has them. Everything has a value, also what another kind of mark needs. */
export interface ProcessingForm {
  kind: WatermarkKind;
  text: string;
  imageId: string;
  layout: Layout;
  opacity: number;
  scale: number;
  angle: number;
  colour: string;
  proofLongEdge: number;
  proofQuality: number;
  format: 'jpeg' | 'webp';
}

/** The API's defaults of a watermark, for values that the present kind does not have. */
const DEFAULTS = { layout: 'tiled', opacity: 0.35, scale: 0.12, angle: -30, colour: '#ffffff' } as const;

export function formOf({ processing }: Gallery, studioName: string): ProcessingForm {
  const { watermark } = processing;
  return {
    kind: watermark.kind as WatermarkKind,
    text: watermark.text ?? `© ${studioName}`,
    imageId: watermark.image_id ?? '',
    layout: (watermark.layout ?? DEFAULTS.layout) as Layout,
    opacity: watermark.opacity ?? DEFAULTS.opacity,
    scale: watermark.scale ?? DEFAULTS.scale,
    angle: watermark.angle ?? DEFAULTS.angle,
    colour: watermark.colour ?? DEFAULTS.colour,
    proofLongEdge: processing.proof_long_edge,
    proofQuality: processing.proof_quality,
    format: processing.format as ProcessingForm['format'],
  };
}

/** Whether the form says enough to be rendered or saved. */
export function isComplete({ kind, text, imageId, proofLongEdge }: ProcessingForm): boolean {
  if (kind === 'text' && text.trim() === '') return false;
  if (kind === 'image' && imageId === '') return false;
  return proofLongEdge >= 256 && proofLongEdge <= 8192;
}

/** What the form changes, for a `PATCH`. Values that a kind has no use for are left out. */
export function processingOf(form: ProcessingForm): Schema['ProcessingDraft'] {
  return {
    proof_long_edge: form.proofLongEdge,
    proof_quality: form.proofQuality,
    format: form.format,
    watermark: { kind: form.kind, ...marks(form) },
  };
}

function marks(form: ProcessingForm): Schema['WatermarkDraft'] {
  if (form.kind === 'none') return {};
  const { layout, opacity, scale, angle } = form;
  const shared = { layout, opacity, scale, angle };
  return form.kind === 'text'
    ? { ...shared, text: form.text.trim(), colour: form.colour }
    : { ...shared, image_id: form.imageId };
}

/** The same as parameters of a preview, which is never larger than it is shown. */
export function previewQuery(form: ProcessingForm, longEdge: number): Record<string, string | number> {
  const { watermark = {}, ...rest } = processingOf(form);
  const marked = Object.entries(watermark).map(([key, value]) => [`watermark_${key}`, value]);
  return {
    ...rest,
    proof_long_edge: Math.min(form.proofLongEdge, longEdge),
    ...Object.fromEntries(marked),
  };
}

import { expect, test } from 'vitest';
import type { Schema } from '../../../api/http';
import { formOf, isComplete, previewQuery, processingOf } from './draft';

const gallery = (watermark: Schema['Watermark']) =>
  ({
    processing: {
      proof_long_edge: 2048,
      proof_quality: 82,
      thumb_long_edge: 400,
      format: 'jpeg',
      colour_space: 'keep',
      watermark,
    },
  }) as Schema['Gallery'];

test('a mark that was never set offers the name of the studio', () => {
  const form = formOf(gallery({ kind: 'none' }), 'Lakeside');
  expect(form).toMatchObject({ kind: 'none', text: '© Lakeside', layout: 'tiled', opacity: 0.35 });
});

test('only what the kind uses is saved', () => {
  const form = formOf(gallery({ kind: 'text', text: 'A', colour: '#000000' }), 'L');
  expect(processingOf(form).watermark).toMatchObject({ kind: 'text', text: 'A', colour: '#000000' });
  expect(processingOf({ ...form, kind: 'none' }).watermark).toEqual({ kind: 'none' });
  expect(processingOf({ ...form, kind: 'image', imageId: 'i' }).watermark).not.toHaveProperty('text');
});

test('an image without a logo is not complete, nor is a text without words', () => {
  const form = formOf(gallery({ kind: 'text', text: 'A' }), 'L');
  expect(isComplete(form)).toBe(true);
  expect(isComplete({ ...form, text: ' ' })).toBe(false);
  expect(isComplete({ ...form, kind: 'image' })).toBe(false);
});

test('a preview is asked for in the size in which it is shown', () => {
  const form = formOf(gallery({ kind: 'text', text: 'A', layout: 'centre' }), 'L');
  expect(previewQuery(form, 1200)).toMatchObject({
    proof_long_edge: 1200,
    watermark_kind: 'text',
    watermark_layout: 'centre',
  });
});

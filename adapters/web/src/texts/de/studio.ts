import type { StudioTexts } from '../en/studio';

export const studio: StudioTexts = {
  title: 'Studio',
};

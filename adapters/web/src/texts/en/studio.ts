export const studio = {
  title: 'Studio',
};

export type StudioTexts = typeof studio;

export const client = {
  title: 'Your gallery',
};

export type ClientTexts = typeof client;

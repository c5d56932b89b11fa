import type { ClientTexts } from '../en/client';

export const client: ClientTexts = {
  title: 'Deine Galerie',
};

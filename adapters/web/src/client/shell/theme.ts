import { keep, kept } from '../../api/keep';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const KEY = 'halftone.theme';

export function chosenTheme(): Theme {
  const found = kept<Theme>(localStorage, KEY);
  return found !== null && themes.includes(found) ? found : 'auto';
}

export function showTheme(): void {
  const theme = chosenTheme();
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function chooseTheme(theme: Theme): void {
  keep(localStorage, KEY, theme === 'auto' ? null : theme);
  showTheme();
}

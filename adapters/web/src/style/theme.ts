/** Light, dark, or what the device says. The tokens follow `data-theme`; without it they follow the device. */
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const KEY = 'halftone.theme';

export function currentTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return themes.find((theme) => theme === stored) ?? 'system';
}

export function chooseTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  apply(theme);
}

function apply(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

apply(currentTheme());
// Another tab of the same browser looks the same.
window.addEventListener('storage', (event) => {
  if (event.key === KEY) apply(currentTheme());
});

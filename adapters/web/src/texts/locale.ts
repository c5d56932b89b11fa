export const locales = ['en', 'de'] as const;
export type Locale = (typeof locales)[number];

const KEY = 'halftone.locale';

function isLocale(tag: string): tag is Locale {
  return (locales as readonly string[]).includes(tag);
}

function wanted(): Locale {
  const tags = [localStorage.getItem(KEY) ?? '', ...navigator.languages];
  return tags.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLocale) ?? 'en';
}

/** The language of the page. It is chosen once: a change loads the page anew. */
export const locale: Locale = wanted();

/** The language as the reader's region writes it: plain `en` would make every date American. */
export const regional: string =
  navigator.languages.find((tag) => tag.toLowerCase().startsWith(`${locale}-`)) ?? locale;

export function chooseLocale(chosen: Locale): void {
  localStorage.setItem(KEY, chosen);
  location.reload();
}

document.documentElement.lang = locale;

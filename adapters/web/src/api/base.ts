/**
 * Where the API is: `<meta name="halftone-api">` of the page. It is a path when the server also serves the pages, and a
 * whole address when they come from elsewhere, such as a bucket behind a CDN.
 */
export const apiBase: string =
  document.querySelector<HTMLMetaElement>('meta[name="halftone-api"]')?.content.replace(/\/$/, '') ||
  '/api/v1';

/**
 * A click with a modifier or another button belongs to the browser (new tab, new window, download). The router asks
 * for neither, so such clicks are kept from it; its listener sits on the window, and this one is there first.
 */
export function leaveModifiedClicksToTheBrowser(): void {
  window.addEventListener('click', (event) => {
    const isPlain =
      event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    if (!isPlain && (event.target as Element).closest('a')) event.stopImmediatePropagation();
  });
}

/** After an update of the studio a page's old file is gone from the server: the new index knows the new one. */
export function reloadWhenPagesAreReplaced(): void {
  window.addEventListener('vite:preloadError', (event) => {
    const KEY = 'halftone.studio.reloaded';
    if (Date.now() - Number(sessionStorage.getItem(KEY)) < 60_000) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    event.preventDefault();
    location.reload();
  });
}

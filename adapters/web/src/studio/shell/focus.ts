/**
 * Where the focus goes when another page comes: to its heading, so that screen readers say where one is and the next
 * Tab starts there. The first page after a load leaves the focus to the browser.
 */
let pagesSeen = 0;

export function arrived(): void {
  pagesSeen += 1;
}

/** For a page's heading: takes the focus if the page came by navigation. */
export function focusOnArrival(heading: HTMLElement): void {
  if (pagesSeen > 0) heading.focus({ preventScroll: true });
}

/** For what takes the place of something that had the focus: it would fall back to the beginning of the page. */
export function takeFocus(element: HTMLElement): void {
  element.focus({ preventScroll: true });
}

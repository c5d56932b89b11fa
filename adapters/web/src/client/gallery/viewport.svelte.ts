/**
 * The part of the page that is seen, in steps: what follows it is worked out anew a few times per screen and not at
 * every pixel of a scroll.
 */
const STEP_PX = 160;

class Viewport {
  top = $state(0);
  height = $state(window.innerHeight);
  /** Rises when something on the page changed its size, so that places on it are to be measured anew. */
  layout = $state(0);
}

export const viewport = new Viewport();

function update(): void {
  viewport.top = Math.floor(window.scrollY / STEP_PX) * STEP_PX;
  viewport.height = window.innerHeight;
}

window.addEventListener('scroll', update, { passive: true });
window.addEventListener('resize', update, { passive: true });

new ResizeObserver(() => (viewport.layout += 1)).observe(document.body);

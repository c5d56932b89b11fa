/**
 * The part of the page that is seen, in steps: what follows it is worked out anew a few times per screen and not at
 * every pixel of a scroll.
 */
const STEP_PX = 160;

class Viewport {
  top = $state(0);
  height = $state(window.innerHeight);
}

export const viewport = new Viewport();

function update(): void {
  viewport.top = Math.floor(window.scrollY / STEP_PX) * STEP_PX;
  viewport.height = window.innerHeight;
}

window.addEventListener('scroll', update, { passive: true });
window.addEventListener('resize', update, { passive: true });

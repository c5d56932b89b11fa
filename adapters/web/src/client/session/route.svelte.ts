import { fragmentOf, placeOf, type Place, type View } from './address';

class Route {
  place: Place = $state.raw(placeOf(location.hash));
  /** Whether the current place was left by going back, so that its scroll position is to be found again. */
  isReturn = false;
}

export const route = new Route();

function set(place: Place, how: 'pushState' | 'replaceState'): void {
  const address = `${location.pathname}${location.search}${fragmentOf(place)}`;
  // `deep` tells that going back stays on this page.
  const deep = how === 'pushState' || history.state?.deep === true;
  history[how]({ deep }, '', address);
  route.isReturn = false;
  route.place = place;
}

export function go(view: View): void {
  set({ view, photo: null }, 'pushState');
}

/** Lays a photo open above the view, or another one in its place. */
export function openPhoto(photo: string): void {
  const { view, photo: before } = route.place;
  set({ view, photo }, before === null ? 'pushState' : 'replaceState');
}

export function closePhoto(): void {
  if (route.place.photo === null) return;
  leave({ ...route.place, photo: null });
}

/** Back to where the visitor came from; to `otherwise` if this place was opened directly. */
export function back(otherwise: View = { at: 'gallery' }): void {
  leave({ view: otherwise, photo: null });
}

function leave(otherwise: Place): void {
  if (history.state?.deep === true) history.back();
  else set(otherwise, 'replaceState');
}

window.addEventListener('popstate', () => {
  route.isReturn = true;
  route.place = placeOf(location.hash);
});

history.scrollRestoration = 'manual';

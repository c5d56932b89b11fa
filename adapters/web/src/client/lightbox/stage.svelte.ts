import PhotoSwipe from 'photoswipe';
import { library, need } from '../photos/library.svelte';
import { isUsable, renewed } from '../photos/renewal';

type Content = NonNullable<PhotoSwipe['currSlide']>['content'];

/** Proofs are smaller than the files that they stand for, so a photo counts as this large at most when it is zoomed. */
const PROOF_EDGE = 2560;
const TRIES = 3;

export interface Words {
  previous: string;
  next: string;
  failed: string;
}

/** The lightbox's connection to PhotoSwipe: slides by photo id, fresh URLs, and what is on show. */
export class Stage {
  photo: string = $state('');
  index = $state(0);
  total = $state(0);
  /** While a dialog stands above the photo, keys belong to the dialog. */
  isCovered = $state(false);
  readonly swipe: PhotoSwipe;

  constructor(
    private photos: string[],
    start: string,
    words: Words,
    handlers: { onchange: (photo: string) => void; onclose: () => void },
  ) {
    // A photo's own address may name one that the list has not brought yet.
    if (!photos.includes(start)) this.photos = [start, ...photos];
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.swipe = new PhotoSwipe({
      index: this.photos.indexOf(start),
      dataSource: [],
      bgOpacity: 1,
      loop: false,
      counter: false,
      close: false,
      zoom: false,
      arrowPrevTitle: words.previous,
      arrowNextTitle: words.next,
      errorMsg: words.failed,
      showHideAnimationType: calm ? 'none' : 'zoom',
      showAnimationDuration: 220,
      hideAnimationDuration: 180,
      maxZoomLevel: 2,
      paddingFn: ({ y }) => ({ top: y > 500 ? 56 : 0, bottom: y > 500 ? 76 : 0, left: 0, right: 0 }),
      preload: [1, 2],
      closeOnVerticalDrag: true,
      bgClickAction: 'toggle-controls',
      tapAction: 'toggle-controls',
      imageClickAction: 'zoom-or-close',
      returnFocus: false,
    });
    this.#dress(handlers);
  }

  /** Takes over a longer list, as it arrives. */
  extend(photos: string[]): void {
    if (photos.length <= this.photos.length) return;
    const index = photos.indexOf(this.photo);
    if (index < 0) return;
    const isSamePlace = index === this.swipe.currIndex;
    this.photos = photos;
    this.total = photos.length;
    if (!isSamePlace) this.swipe.goTo(index);
  }

  #dress(handlers: { onchange: (photo: string) => void; onclose: () => void }): void {
    const swipe = this.swipe;
    swipe.addFilter('numItems', () => this.photos.length);
    swipe.addFilter('itemData', (_, index) => this.#slide(this.photos[index] ?? ''));
    swipe.addFilter('thumbEl', (_, data) => thumbOf(String(data.photo)) as HTMLElement);
    swipe.addFilter('placeholderSrc', (src, { data }) => data.msrc ?? src);
    swipe.on('contentLoad', (event) => {
      if (event.content.type !== 'image') return;
      event.preventDefault();
      this.#load(event.content);
    });
    swipe.on('change', () => {
      this.index = swipe.currIndex;
      this.total = this.photos.length;
      this.photo = this.photos[swipe.currIndex] ?? '';
      handlers.onchange(this.photo);
    });
    swipe.on('close', handlers.onclose);
    swipe.on('keydown', (event) => {
      if (this.isCovered) event.preventDefault();
    });
  }

  #slide(id: string): Record<string, unknown> {
    const photo = library.byId.get(id);
    if (photo === undefined) {
      void need([id]).then(() => this.swipe.refreshSlideContent(this.photos.indexOf(id)));
      return { photo: id, src: '#', width: 3, height: 2 };
    }
    const scale = Math.min(1, PROOF_EDGE / Math.max(photo.width, photo.height, 1));
    return {
      photo: id,
      src: photo.proof_url,
      width: Math.round(photo.width * scale),
      height: Math.round(photo.height * scale),
      alt: photo.filename,
      thumbCropped: true,
      ...(isUsable(photo.thumb_url) && { msrc: photo.thumb_url }),
    };
  }

  /** As PhotoSwipe would, except that a URL which has ended is renewed. */
  #load(content: Content): void {
    const image = document.createElement('img');
    const id = String(content.data.photo);
    let tries = 0;
    content.element = image;
    content.state = 'loading';
    image.className = 'pswp__img';
    image.alt = String(content.data.alt ?? '');
    const renew = async (): Promise<void> => {
      tries += 1;
      const photo = tries <= TRIES ? await renewed(id) : null;
      if (photo === null) content.onError();
      else image.src = photo.proof_url;
    };
    image.onload = () => content.onLoaded();
    image.onerror = () => void renew();
    const url = library.byId.get(id)?.proof_url;
    if (url !== undefined && isUsable(url)) image.src = url;
    else void renew();
  }
}

/** The picture that a photo grows out of and shrinks back to. */
function thumbOf(id: string): HTMLElement | null {
  const images = document.querySelectorAll<HTMLElement>(`[data-photo="${CSS.escape(id)}"] img`);
  return [...images].find((image) => image.offsetParent !== null) ?? null;
}

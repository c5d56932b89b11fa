import { ok, type Schema } from '../../api/http';
import { studio } from '../../api/studio';

/** The chapters of a gallery, in their order. The API replaces all of them at once. */
export class GallerySections {
  items: Schema['Section'][] = $state.raw([]);

  constructor(readonly galleryId: string) {}

  async load(): Promise<void> {
    this.items = (
      await ok(studio.GET('/galleries/{gallery_id}/sections', { params: this.#params }))
    ).sections;
  }

  async save(sections: Schema['SectionDraft'][]): Promise<void> {
    const body = { sections };
    this.items = (
      await ok(studio.PUT('/galleries/{gallery_id}/sections', { params: this.#params, body }))
    ).sections;
  }

  /** Adds one at the end and answers it. */
  async add(name: string): Promise<Schema['Section'] | null> {
    await this.save([...this.items, { name }]);
    return this.items.at(-1) ?? null;
  }

  get #params() {
    return { path: { gallery_id: this.galleryId } };
  }
}

/** A list with the item at `from` moved to `to`; the same list if there is no such place. */
export function moved<Item>(items: Item[], from: number, to: number): Item[] {
  const item = items[from];
  if (item === undefined || to < 0 || to >= items.length) return items;
  const rest = items.filter((_, place) => place !== from);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

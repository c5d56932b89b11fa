import { ok, okWithTag, type Schema } from '../../../api/http';
import { studio } from '../../../api/studio';
import { isChangedElsewhere } from '../parts/field-error';
import { draftOf } from './product-form.svelte';

type List = Schema['PriceList'];
type Draft = Schema['ProductDraft'];

/**
 * One price list that is being edited. Every change is stored at once. Changes wait for each other, and each is made on
 * what the one before it left, so quick ones do not undo each other.
 */
export class PriceListEditor {
  list: List | null = $state.raw(null);
  error: unknown = $state.raw(null);
  readonly #id: string;
  #etag: string | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(id: string) {
    this.#id = id;
  }

  async load(): Promise<void> {
    this.error = null;
    try {
      this.#take(await okWithTag(studio.GET('/price-lists/{price_list_id}', { params: this.#params() })));
    } catch (error) {
      this.error = error;
    }
  }

  change(patch: Schema['PriceListPatch']): Promise<void> {
    return this.#next(() => patch);
  }

  /** Stores a product: a new one at the end, another one in its place. */
  put(draft: Draft): Promise<void> {
    return this.#products((products) =>
      draft.id === undefined
        ? [...products, draft]
        : products.map((product) => (product.id === draft.id ? draft : product)),
    );
  }

  remove(id: string): Promise<void> {
    return this.#products((products) => products.filter((product) => product.id !== id));
  }

  /** Brings back what was just removed. It is a new product by its id, for the old id is gone. */
  restore(product: Schema['Product'], place: number): Promise<void> {
    const draft = draftOf(product);
    delete draft.id;
    return this.#products((products) => products.toSpliced(place, 0, draft));
  }

  move(id: string, by: 1 | -1): Promise<void> {
    return this.#products((products) => {
      const from = products.findIndex((product) => product.id === id);
      const to = from + by;
      const moved = products[from];
      if (moved === undefined || to < 0 || to >= products.length) return products;
      return products.toSpliced(from, 1).toSpliced(to, 0, moved);
    });
  }

  async delete(): Promise<void> {
    await ok(studio.DELETE('/price-lists/{price_list_id}', { params: this.#params() }));
  }

  #products(change: (products: Draft[]) => Draft[]): Promise<void> {
    return this.#next((list) => ({ products: change(list.products.map(draftOf)) }));
  }

  #next(patchOf: (list: List) => Schema['PriceListPatch']): Promise<void> {
    const done = this.#last.then(() => this.#send(patchOf));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #send(patchOf: (list: List) => Schema['PriceListPatch']): Promise<void> {
    if (this.list === null) return;
    try {
      await this.#patch(patchOf(this.list));
    } catch (error) {
      if (!isChangedElsewhere(error)) throw error;
      // Somebody else was faster: the same change, made on what is there now.
      await this.load();
      if (this.list !== null) await this.#patch(patchOf(this.list));
    }
  }

  async #patch(body: Schema['PriceListPatch']): Promise<void> {
    const header = this.#etag === null ? {} : { 'If-Match': this.#etag };
    this.#take(
      await okWithTag(
        studio.PATCH('/price-lists/{price_list_id}', { params: { ...this.#params(), header }, body }),
      ),
    );
  }

  #take({ body, etag }: { body: List; etag: string | null }): void {
    this.list = body;
    this.#etag = etag;
  }

  #params() {
    return { path: { price_list_id: this.#id } };
  }
}

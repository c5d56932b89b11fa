import { ApiError } from '../../api/problem';
import { problemText } from '../../kit/problem-text';

/** One sending of a form: whether it is under way, and what the API said about it, beside the field at fault. */
export class Submission {
  busy = $state(false);
  #error: unknown = $state(null);

  /** Runs `send`, once at a time, and keeps its error. */
  async run(send: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.#error = null;
    try {
      await send();
    } catch (error) {
      this.#error = error;
    } finally {
      this.busy = false;
    }
  }

  clear(): void {
    this.#error = null;
  }

  /** The kind of the last refusal, such as `already-registered`. */
  get kind(): string | null {
    return this.#error instanceof ApiError ? this.#error.kind : null;
  }

  get status(): number | null {
    return this.#error instanceof ApiError ? this.#error.status : null;
  }

  /** What is wrong with a field. */
  at(field: string): string | undefined {
    return this.#error instanceof ApiError && this.#error.field === field
      ? problemText(this.#error)
      : undefined;
  }

  /** What is wrong with none of `fields`. */
  besides(...fields: string[]): string | undefined {
    if (this.#error === null) return undefined;
    const field = this.#error instanceof ApiError ? this.#error.field : null;
    return field !== null && fields.includes(field) ? undefined : problemText(this.#error);
  }
}

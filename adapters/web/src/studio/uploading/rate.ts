/** How far back a rate looks. */
const WINDOW_MS = 8_000;

/** Bytes per second over the last seconds: short enough to follow a change, long enough to be calm. */
export class Rate {
  #samples: { at: number; bytes: number }[] = [];

  add(bytes: number, at: number): void {
    this.#samples.push({ at, bytes });
    while (this.#samples[0] && this.#samples[0].at < at - WINDOW_MS) this.#samples.shift();
  }

  clear(): void {
    this.#samples = [];
  }

  perSecond(at: number): number {
    const recent = this.#samples.filter((sample) => sample.at >= at - WINDOW_MS);
    const first = recent[0];
    if (!first) return 0;
    const bytes = recent.reduce((sum, sample) => sum + sample.bytes, 0);
    return (bytes * 1000) / Math.max(1000, at - first.at);
  }
}

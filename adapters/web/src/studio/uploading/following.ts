import type { UploadTask } from './task.svelte';

const FIRST_PAUSE_MS = 700;
const LONGEST_PAUSE_MS = 20_000;
/** A round asks for this share of what is in work, so that hundreds of files are no flood of requests. */
const SHARE = 0.05;
const FEWEST = 4;

export interface Follower {
  /** Those that have arrived, and whose outcome is awaited. */
  working(): UploadTask[];
  /** Asks the server for one; fails if it could not be asked. */
  look(task: UploadTask): Promise<void>;
  pause(milliseconds: number): Promise<void>;
}

/** Asks what becomes of files that have arrived, round by round, until all of them have an outcome. */
export class Following {
  #isRunning = false;

  constructor(private readonly follower: Follower) {}

  start(): void {
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      const working = this.follower.working();
      if (working.length === 0) break;
      const many = Math.max(FEWEST, Math.ceil(working.length * SHARE));
      // The server works in the order of arrival; what was asked for least often is next.
      const next = working.sort((a, b) => a.looks - b.looks).slice(0, many);
      const wentWell = await this.#lookAt(next);
      pause = wentWell ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
      await this.follower.pause(pause);
    }
    this.#isRunning = false;
  }

  async #lookAt(tasks: UploadTask[]): Promise<boolean> {
    try {
      for (const task of tasks) {
        task.looks += 1;
        await this.follower.look(task);
      }
      return true;
    } catch {
      // The server cannot be asked now: the next round does, a little later.
      return false;
    }
  }
}

import type { Reporter, TestModule, Vitest } from "vitest/node";
import { type PlayedSuite, readPlayed, recordOf, shortOf, writePlayed } from "./played.ts";
import { KUBERNETES_VERSION } from "./programs.ts";

/**
 * Holds a suite's whole run against the record of the release that it ran on, and fails it where fewer tests ran than
 * docs/compatibility.md says. With `UPDATE_COMPATIBILITY=1` the run becomes the record. A run of some files or tests, or one
 * with a failure or a skip, is no whole one.
 */
export class PlayedReporter implements Reporter {
  readonly #suite: PlayedSuite;
  readonly #file: string;
  #vitest: Vitest | undefined;

  constructor(suite: PlayedSuite, file: string = recordOf(KUBERNETES_VERSION)) {
    this.#suite = suite;
    this.#file = file;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  async onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): Promise<void> {
    const ran = new Set(modules.map(({ moduleId }) => moduleId));
    const all = (await this.#vitest?.globTestSpecifications()) ?? [];
    const results = modules.flatMap((one) => [...one.children.allTests()].map((test) => test.result().state));
    const whole = all.every(({ moduleId }) => ran.has(moduleId)) && modules.every((one) => one.ok());
    if (!whole || errors.length > 0 || results.some((state) => state !== "passed")) return;
    if (process.env.UPDATE_COMPATIBILITY) {
      const day = new Date().toISOString().slice(0, 10);
      writePlayed(this.#file, this.#suite, { tests: results.length, day });
      return;
    }
    const short = shortOf(readPlayed(this.#file), this.#suite, results.length);
    if (short === undefined) return;
    process.stderr.write(`${short}\n`);
    process.exitCode = 1;
  }
}

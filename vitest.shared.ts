import { join } from "node:path";
import { defineConfig, type ViteUserConfig } from "vitest/config";

/**
 * The one Vitest set-up of the tree. A suite is a name such as `unit` or `embedded`; its counts land in
 * `test-results/<suite>.json` of the package, where `scripts/test-counts.ts` adds them up.
 */
export function suite(name: string, test: ViteUserConfig["test"] = {}): ViteUserConfig {
  return defineConfig({
    test: {
      include: ["src/**/*.test.ts"],
      reporters: ["default", "json"],
      outputFile: { json: `test-results/${name}.json` },
      // Longer than a wait of `until`, which says what it waited for.
      testTimeout: 120_000,
      hookTimeout: 120_000,
      ...test,
    },
  });
}

/** Where Node keeps what it compiled: a program that a test starts from its sources is ready in a third of the time. */
export const COMPILED = join(import.meta.dirname, "node_modules/.cache/node-compiled");

/** The tests beside a package's files. Those of one worker share its modules: to load them for each took a third of the time. */
export function unitSuite(test: ViteUserConfig["test"] = {}): ViteUserConfig {
  return suite("unit", { env: { NODE_COMPILE_CACHE: COMPILED }, isolate: false, ...test });
}

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
      testTimeout: 60_000,
      hookTimeout: 60_000,
      ...test,
    },
  });
}

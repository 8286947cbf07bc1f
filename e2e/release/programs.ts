import { homedir } from "node:os";
import { join } from "node:path";

const VERDACCIO_VERSION = "6.10.4";
const ACTIONLINT_VERSION = "1.7.12";

/** Where programs are installed: under `XDG_CACHE_HOME` or `~/.cache`. */
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "upgrade-halt");

/** A program that is installed into a folder of its own, by commands that are run there. */
export interface Program {
  readonly name: string;
  readonly folder: string;
  /** What the folder holds before its command runs. */
  readonly files: Readonly<Record<string, string>>;
  readonly command: readonly [file: string, ...args: readonly string[]];
  readonly environment: (folder: string) => NodeJS.ProcessEnv;
}

/** A registry of one's own, and the version of a dependency that its newest release cannot do without. */
export const VERDACCIO: Program = {
  name: "Verdaccio",
  folder: join(cache, `verdaccio-${VERDACCIO_VERSION}`),
  files: {
    "package.json": JSON.stringify({
      private: true,
      dependencies: { verdaccio: VERDACCIO_VERSION },
      overrides: { "verdaccio-audit": { "node-fetch": "2.7.0" } },
    }),
  },
  command: ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
  environment: () => ({}),
};

/** What checks workflow files as the service that runs them would. */
export const ACTIONLINT: Program = {
  name: "actionlint",
  folder: join(cache, `actionlint-${ACTIONLINT_VERSION}`),
  files: {},
  command: ["go", "install", `github.com/rhysd/actionlint/cmd/actionlint@v${ACTIONLINT_VERSION}`],
  environment: (folder) => ({ GOBIN: folder }),
};

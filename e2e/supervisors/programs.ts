import { homedir } from "node:os";
import { join } from "node:path";

const SUPERVISOR_VERSION = "4.2.5";
export const PM2_VERSION = "7.0.4";

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "upgrade-halt", "supervisors");

/** A supervisor that no Debian package brings in this version, and the commands that install it into a folder. */
interface Installed {
  readonly what: string;
  readonly folder: string;
  readonly commands: (folder: string) => readonly (readonly [file: string, ...args: string[]])[];
}

/** What `build.ts` installs, each in a folder named after its version. */
export const installed = {
  supervisord: {
    what: `supervisor ${SUPERVISOR_VERSION}`,
    folder: join(cache, `supervisor-${SUPERVISOR_VERSION}`),
    commands: (folder) => [
      // setuptools brings the pkg_resources that supervisor 4.2.5 imports.
      [
        "python3",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--target",
        folder,
      ].concat(`supervisor==${SUPERVISOR_VERSION}`, "setuptools==75.8.0") as [string, ...string[]],
    ],
  },
  pm2: {
    what: `pm2 ${PM2_VERSION}`,
    folder: join(cache, `pm2-${PM2_VERSION}`),
    commands: (folder) => [
      ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder, `pm2@${PM2_VERSION}`],
    ],
  },
} as const satisfies Record<string, Installed>;

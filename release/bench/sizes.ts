/**
 * How much each way to get this takes: the published packages, installed alone, beside what people install for the same work; their
 * tarballs; the executable and the Debian package; and what the images add to their bases.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { catalogVersion } from "../../e2e/packages/catalog-version.ts";
import { pnpm } from "../../e2e/packages/run-in.ts";
import { writeExecutableFiles } from "../src/executable-files.ts";
import { buildAnew, packAll } from "../src/pack.ts";
import { releasedPackages } from "../src/packages.ts";
import { install, sizeOf } from "./installed.ts";

const ROOT = dirname(dirname(import.meta.dirname));
const OTHERS = {
  "@kubernetes/client-node": catalogVersion("@kubernetes/client-node"),
  "@cosmjs/tendermint-rpc": catalogVersion("@cosmjs/tendermint-rpc"),
  "@cosmjs/stargate": catalogVersion("@cosmjs/tendermint-rpc"),
};

/** What the controller's Dockerfile takes of what was deployed. */
const COPIED = [
  ...readFileSync(join(ROOT, "apps/mini-controller/deploy/Dockerfile"), "utf8").matchAll(
    /^COPY --from=build \/out\/(\S+)/gm,
  ),
].map(([, path]) => path);

const say = (name: string, ...cells: readonly (string | number)[]): void => {
  process.stdout.write(`${name.padEnd(44)}${cells.map((cell) => String(cell).padStart(12)).join("")}\n`);
};
const kib = (bytes: number): string => `${Math.ceil(bytes / 1024).toLocaleString("en")} KiB`;

const folder = mkdtempSync(join(tmpdir(), "sizes-"));
try {
  buildAnew(ROOT, releasedPackages(ROOT));
  const packed = packAll(ROOT, join(folder, "tarballs"));
  const local = Object.fromEntries(packed.map(({ manifest, tarball }) => [manifest.name, `file:${tarball}`]));

  say("installed alone by npm", "packages", "files", "on disk");
  for (const { name } of packed.map(({ manifest }) => manifest)) {
    const { packages, files, bytes } = await install(folder, name, local[name] ?? "", local);
    say(name, packages, files, kib(bytes));
  }
  for (const [name, version] of Object.entries(OTHERS)) {
    const { packages, files, bytes } = await install(folder, name, version);
    say(`${name} ${version}`, packages, files, kib(bytes));
  }

  say("\nfiles that are given out", "", "", "");
  for (const { manifest, tarball } of packed)
    say(`tarball of ${manifest.name}`, "", "", kib(statSync(tarball).size));
  const out = join(folder, "executable");
  writeExecutableFiles(ROOT, out);
  const executable = `upgrade-halt-linux-${process.arch}`;
  for (const file of readdirSync(out).filter((name) => name === executable || name.endsWith(".deb")))
    say(file, "", "", kib(statSync(join(out, file)).size));

  say("\nwhat an image adds to its base", "", "files", "");
  const app = join(folder, "app");
  await pnpm(
    ROOT,
    "--filter",
    "@upgrade-halt/mini-controller",
    "deploy",
    "--prod",
    "--legacy",
    "--ignore-scripts",
    app,
  );
  for (const one of readdirSync(app)) {
    if (!COPIED.includes(one)) rmSync(join(app, one), { recursive: true });
  }
  const { files, bytes } = sizeOf(app);
  say("mini-controller", "", files, kib(bytes));
  say("upgrade-halt", "", 1, kib(statSync(join(out, executable)).size));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

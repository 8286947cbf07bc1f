/**
 * Makes `upgrade-halt` for machines without Node: one file with its checksum, manual page and completions, and a Debian package of
 * them.
 *
 *     node src/main.ts [--out FOLDER] [--node FILE --arch arm64]
 *
 * `--node` names the Node of another architecture to make it of.
 */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { CONSUMER, git, versionLine } from "./bundle.ts";
import { makeDebian } from "./debian.ts";
import { makeExecutable, OWN_NODE, writeChecksum } from "./executable.ts";
import { MAN_PAGES } from "./man-pages.ts";
import { SHELLS } from "./shells.ts";

/** What Debian calls the architectures of Node. */
const DEBIAN_NAMES: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

const { values } = parseArgs({
  options: {
    out: { type: "string", default: join(import.meta.dirname, "../out") },
    arch: { type: "string", default: process.arch },
    node: { type: "string" },
  },
});
const architecture = DEBIAN_NAMES[values.arch];
if (architecture === undefined)
  fail(`--arch ${values.arch} is none of ${Object.keys(DEBIAN_NAMES).join(", ")}`);
if (values.arch !== process.arch && values.node === undefined)
  fail(`--arch ${values.arch} needs a Node of that architecture: give it by --node`);

const out = resolve(values.out);
mkdirSync(join(out, "completions"), { recursive: true });
const [, version = ""] = /^\S+ (\S+)/.exec(versionLine()) ?? [];
process.env.SOURCE_DATE_EPOCH ??= git("log", "-1", "--format=%ct");

const name = `upgrade-halt-linux-${values.arch}`;
const target = join(out, name);
await makeExecutable({ node: values.node ?? OWN_NODE, target });
writeChecksum(target, name);
for (const page of MAN_PAGES) copyFileSync(join(CONSUMER, "man", page), join(out, page));
for (const shell of SHELLS) {
  const bin = join(CONSUMER, "bin/upgrade-halt.js");
  writeFileSync(join(out, "completions", shell), execFileSync(process.execPath, [bin, "completion", shell]));
}
const debian = `upgrade-halt_${version}_${architecture}.deb`;
makeDebian({
  executable: target,
  completions: join(out, "completions"),
  version,
  architecture,
  target: join(out, debian),
});
writeChecksum(join(out, debian), debian);
process.stdout.write(`${[name, debian].map((file) => join(out, file)).join("\n")}\n`);

function fail(sentence: string): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(64);
}

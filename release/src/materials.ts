import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { OWN_NODE } from "@upgrade-halt/executable";
import { packAll } from "./pack.ts";
import { ReleaseError } from "./release-error.ts";
import { pnpm, run } from "./run.ts";

/** Licences under which a package may be brought along, by their SPDX names. */
const PERMITTED: ReadonlySet<string> = new Set([
  "Apache-2.0",
  "MIT",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "PSF-2.0",
  "Unlicense",
]);
/** Packed with all that it depends on, and published nowhere. */
const CONTROLLER = "@upgrade-halt/mini-controller";

/** A component of an SBOM in the form of CycloneDX, as far as it is looked into. */
interface Component {
  readonly group?: string;
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly {
    readonly license?: { readonly id?: string; readonly name?: string };
    readonly expression?: string;
  }[];
}

/**
 * Writes what goes along with a release into a folder: each built package's tarball, a CycloneDX SBOM of each and of the controller,
 * `LICENCES.txt` with what these and the one file bring along, and `SHA256SUMS` of all that is in it. Answers with the names of the
 * files. A licence that is not permitted stops it. `repository` is the address that the manifests name, as published.
 */
export function writeMaterials(root: string, folder: string, repository?: string): readonly string[] {
  const packed = packAll(root, folder, repository);
  const names = [...packed.map(({ manifest }) => manifest.name), CONTROLLER];
  const filters = names.flatMap((name) => ["--filter", name]);
  const out = join(folder, "%s-%v.cdx.json");
  pnpm(root, ...filters, "sbom", "--split", "--prod", "--sbom-format", "cyclonedx", "--out", out);
  const inSboms = readdirSync(folder)
    .filter((file) => file.endsWith(".cdx.json"))
    .flatMap(
      (file) =>
        (
          JSON.parse(readFileSync(join(folder, file), "utf8")) as {
            readonly components?: readonly Component[];
          }
        ).components ?? [],
    );
  const lines = new Set(
    [...inSboms, nodeOfOneFile(root)].map((one) => `${nameOf(one)} ${one.version} ${licenceOf(one)}\n`),
  );
  writeFileSync(join(folder, "LICENCES.txt"), [...lines].toSorted().join(""));
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "SHA256SUMS")
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
  const sums = files.map((file) => `${sha256(join(folder, file))}  ${file}\n`);
  writeFileSync(join(folder, "SHA256SUMS"), sums.join(""));
  return [...files, "SHA256SUMS"];
}

/** The Node that the one file is made of. */
function nodeOfOneFile(root: string): Component {
  const version = run(root, OWN_NODE, "--version").stdout.trim().replace("v", "");
  return { name: "node", version, licenses: [{ license: { id: "MIT" } }] };
}

function licenceOf(one: Component): string {
  const [first] = one.licenses ?? [];
  const licence = first?.license?.id ?? first?.expression ?? first?.license?.name ?? "none";
  if (!PERMITTED.has(licence))
    throw new ReleaseError(
      `${nameOf(one)} ${one.version} has the licence ${licence}, which is not permitted: do without it, or permit it in release/src/materials.ts.`,
    );
  return licence;
}

function nameOf({ group, name }: Component): string {
  return group === undefined ? name : `${group}/${name}`;
}

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

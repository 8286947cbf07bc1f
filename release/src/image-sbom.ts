import { createHash } from "node:crypto";
import { globSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { bundledIn, type NpmPackage, packageOf } from "@upgrade-halt/executable";

/** A component as CycloneDX 1.6 has it. */
export interface Component {
  readonly type: "application" | "library" | "file" | "container";
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  readonly licenses?: readonly { readonly license: { readonly name: string } }[];
  readonly hashes?: readonly { readonly alg: "SHA-256"; readonly content: string }[];
  readonly components?: readonly Component[];
}

export interface Bom {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.6";
  readonly version: 1;
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
}

/** Every Node has the address of its own sources in it. */
const NODE_RELEASE = /nodejs\.org\/download\/release\/v(\d+\.\d+\.\d+)\//;
const ELF = Buffer.from("\x7fELF", "latin1");
/** Where distroless images keep what Debian says of the packages in them. */
const DEBIAN_PACKAGES = "var/lib/dpkg/status.d/*";

/**
 * What is in an image, read from its files below `root`: each package of npm with its files, the Node and the packages
 * within a program, Debian's packages, and each other file. The same files give the same bytes.
 *
 * @param image name of the image, and the digest of its configuration.
 */
export function imageSbom(root: string, image: { readonly name: string; readonly digest: string }): Bom {
  const packages = new Map<string, { readonly is: NpmPackage; readonly files: Component[] }>();
  const others: Component[] = [];
  for (const path of filesBelow(root, "")) {
    const file = fileComponent(root, path);
    const is = packageOf(join(root, path), root);
    if (is === undefined) {
      others.push(file);
      continue;
    }
    const purl = npmPurl(is);
    const known = packages.get(purl) ?? { is, files: [] };
    known.files.push(file);
    packages.set(purl, known);
  }
  const npm = [...packages].map(
    ([purl, { is, files }]): Component => ({ ...npmComponent(is), purl, components: files }),
  );
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "container", name: image.name, version: image.digest } },
    components: [...npm, ...debianComponents(root), ...others],
  };
}

/** Paths below `root` of all that is a file of its own: no folder, no link. */
function filesBelow(root: string, folder: string): readonly string[] {
  const names = readdirSync(join(root, folder)).toSorted();
  return names.flatMap((name) => {
    const path = join(folder, name);
    const status = lstatSync(join(root, path));
    if (status.isDirectory()) return filesBelow(root, path);
    return status.isFile() ? [path] : [];
  });
}

function fileComponent(root: string, path: string): Component {
  const bytes = readFileSync(join(root, path));
  const content = createHash("sha256").update(bytes).digest("hex");
  const within = programComponents(bytes);
  return {
    type: "file",
    name: `/${path}`,
    hashes: [{ alg: "SHA-256", content }],
    ...(within.length > 0 && { components: within }),
  };
}

/** What a program was made of, as it says itself. */
function programComponents(bytes: Buffer): readonly Component[] {
  if (!bytes.subarray(0, 4).equals(ELF)) return [];
  const [, node] = NODE_RELEASE.exec(bytes.toString("latin1")) ?? [];
  if (node === undefined) return [];
  const bundled = bundledIn(bytes).map((one) => {
    const at = one.lastIndexOf("@");
    const is = { name: one.slice(0, at), version: one.slice(at + 1) };
    return { ...npmComponent(is), purl: npmPurl(is) };
  });
  return [{ type: "application", name: "node", version: node, purl: `pkg:generic/node@${node}` }, ...bundled];
}

function npmComponent({ name, version, license }: NpmPackage): Component {
  return { type: "library", name, version, ...(license && { licenses: [{ license: { name: license } }] }) };
}

function npmPurl({ name, version }: NpmPackage): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function debianComponents(root: string): readonly Component[] {
  const files = globSync(DEBIAN_PACKAGES, { cwd: root }).filter((file) => !file.endsWith(".md5sums"));
  return files.toSorted().map((file) => {
    const text = readFileSync(join(root, file), "utf8");
    const field = (name: string) => new RegExp(`^${name}: (.+)$`, "m").exec(text)?.[1] ?? "";
    const [name, version, architecture] = [field("Package"), field("Version"), field("Architecture")];
    const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${architecture}`;
    return { type: "library", name, version, purl };
  });
}

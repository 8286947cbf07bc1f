import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { git } from "./git.ts";
import { buildAnew, type Packed, packAll } from "./pack.ts";
import { type Package, publishedPackages } from "./packages.ts";
import { readChannel, requireReleasable } from "./ready.ts";
import type { Registry } from "./registry.ts";
import { ReleaseError } from "./release-error.ts";

/** What is left to do for one package. */
type Step = "publish" | "tag" | "nothing";

/**
 * Publishes each package whose version the registry lacks, and tags it. Before anything leaves, all of it is checked, built from
 * nothing and packed. Killed anywhere and run again on the same commit it finishes: a version that is there with the same bytes is
 * only tagged, and one that is tagged is left alone. What stops it is a `ReleaseError` of one sentence. The manifests name
 * `repository`, where one is given.
 */
export function publish(
  root: string,
  registry: Registry,
  log: (line: string) => void,
  repository?: string,
): void {
  requireReleasable(root);
  const known = publishedPackages(root).map((one) => ({
    ...one,
    integrity: integrityOf(registry, one),
    tagged: isTagged(root, one),
  }));
  for (const one of known) {
    if (one.tagged && one.integrity === undefined)
      throw new ReleaseError(
        `The tag ${tagOf(one)} is there, and the registry has no such version: find out who removed it, or remove the tag.`,
      );
  }
  if (known.every(({ tagged }) => tagged)) {
    log("Each version is published and tagged already: nothing to do.");
    return;
  }

  const folder = mkdtempSync(join(tmpdir(), "release-"));
  try {
    buildAnew(root);
    const packed = packAll(root, folder, repository);
    const steps = packed.map((one, i) => ({
      one,
      step: stepOf(one, known[i]?.integrity, known[i]?.tagged ?? false),
    }));
    for (const { one, step } of steps) {
      if (step === "publish") publishOne(registry, one, readChannel(root));
      if (step !== "nothing") git(root, "tag", "--annotate", tagOf(one), "--message", tagOf(one));
      log(`${one.manifest.name} ${one.manifest.version}: ${SAID[step]}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const SAID: Readonly<Record<Step, string>> = {
  publish: "published and tagged",
  tag: "was published already with these very bytes; tagged",
  nothing: "published and tagged already",
};

function stepOf(one: Packed, integrity: string | undefined, tagged: boolean): Step {
  if (tagged) return "nothing";
  if (integrity === undefined) return "publish";
  if (integrity === one.integrity) return "tag";
  throw new ReleaseError(
    `The registry has ${one.manifest.name} ${one.manifest.version} already, with other bytes: run it again on the commit that its dist/commit.json names, with the --repository that its manifest names, or give the package a new version.`,
  );
}

function publishOne(registry: Registry, one: Packed, tag: string): void {
  const { name, version } = one.manifest;
  const { refusal } = registry.publish(one.tarball, tag);
  // An answer can be lost after the registry took the package.
  if (refusal === undefined || integrityOf(registry, one) === one.integrity) return;
  throw new ReleaseError(
    `The registry refused ${name} ${version} (${refusal}); packages before it are published and tagged: run it again once that is settled.`,
  );
}

function integrityOf(registry: Registry, { manifest }: Package): string | undefined {
  return registry.integrityOf(manifest.name, manifest.version);
}

function isTagged(root: string, one: Package): boolean {
  return git(root, "tag", "--list", tagOf(one)) !== "";
}

export function tagOf({ manifest: { name, version } }: Package): string {
  return `${name}@${version}`;
}

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import type { Component } from "../../release/src/image-sbom.ts";
import { bomProblems } from "../../release/src/testing/bom-problems.ts";
import type { Engine } from "./engine.ts";

const RELEASE = join(import.meta.dirname, "../../release/src/main.ts");
/** What an engine puts into every container. */
const OF_THE_CONTAINER = /^\.\/(\.dockerenv|dev\/.*|etc\/(hostname|hosts|resolv\.conf))$/;

/**
 * Makes the SBOM of an image as a release does, and expects each file of a container of the image in it, by path and
 * digest, and each package whose manifest is there. Answers with the addresses of all packages that it lists.
 */
export async function expectWholeSbom(engine: Engine, image: string): Promise<readonly string[]> {
  const must = async (script: string) => {
    const { code, output } = await engine.sh(script);
    expect({ code, output }, script).toMatchObject({ code: 0 });
    return output.trim().split("\n");
  };
  const archive = join(engine.folder, `${image}.tar`);
  await must(`docker save --output '${archive}' ${image}`);
  await promisify(execFile)(process.execPath, [RELEASE, "image-sbom", archive]);
  const text = await readFile(`${archive}.cdx.json`, "utf8");
  expect(await bomProblems(text)).toEqual([]);
  const bom = JSON.parse(text);
  expect(bom).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6" });
  const listed = allOf(bom.components);

  const root = join(engine.folder, `${image}-files`);
  await must(`set -e -o pipefail
    container=$(docker create ${image} nothing)
    mkdir '${root}'; docker export "$container" | tar --no-same-owner -xf - -C '${root}'; docker rm "$container"`);
  const sums = await must(`cd '${root}' && find . -type f -exec sha256sum {} +`);
  const files = sums
    .map((line) => line.split(/ {2}/) as [sum: string, path: string])
    .filter(([, path]) => !OF_THE_CONTAINER.test(path))
    .map(([sum, path]) => `${sum} ${path.slice(1)}`);
  const listedFiles = listed
    .filter(({ type }) => type === "file")
    .map(({ name, hashes }) => `${hashes?.[0]?.content} ${name}`);
  expect(listedFiles.toSorted()).toEqual(files.toSorted());

  const purls = listed.flatMap(({ purl }) => purl ?? []);
  for (const manifest of files.filter((file) => file.endsWith("/package.json"))) {
    const { name, version } = JSON.parse(await readFile(join(root, manifest.slice(65)), "utf8"));
    if (name === undefined || version === undefined) continue;
    expect(purls).toContain(`pkg:npm/${name.replace("@", "%40")}@${version}`);
  }
  return purls;
}

function allOf(components: readonly Component[]): readonly Component[] {
  return components.flatMap((one) => [one, ...allOf(one.components ?? [])]);
}

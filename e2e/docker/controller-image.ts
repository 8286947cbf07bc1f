import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { writeBuildBase, writeRunBase } from "./base-images.ts";
import type { Engine } from "./engine.ts";

const DOCKERFILE = readFileSync(
  join(import.meta.dirname, "../../apps/mini-controller/deploy/Dockerfile"),
  "utf8",
);
/** The command that builds the controller's image, as the first line of its Dockerfile has it; the build installs packages. */
export const CONTROLLER_BUILD = onThisNetwork(/^# (docker build .* \.)\s/.exec(DOCKERFILE)?.[1] ?? "");

/** Lets the steps of a build reach what this machine reaches. */
export function onThisNetwork(command: string): string {
  return command.replace("docker build ", "docker build --network host ");
}

/** No registry of images is asked: the bases are this machine's Node under their names. */
export async function loadControllerBases(engine: Engine): Promise<void> {
  const [buildBase = "", runBase = ""] = [...DOCKERFILE.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
  expect(buildBase).toMatch(/^node:\d+-bookworm-slim$/);
  expect(runBase).toMatch(/^gcr\.io\/distroless\/nodejs\d+-debian\d+:nonroot$/);
  await load(engine, "build-base", (folder) => writeBuildBase(folder, buildBase));
  await load(engine, "run-base", (folder) => writeRunBase(folder, runBase));
}

/** Loads an image that is written as an archive into a folder. */
export async function load(engine: Engine, name: string, write: (folder: string) => string): Promise<void> {
  const folder = join(engine.folder, name);
  mkdirSync(folder);
  expect(await engine.sh(`docker load --input '${write(folder)}'`)).toMatchObject({ code: 0 });
}

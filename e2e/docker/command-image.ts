import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { writeLibrariesBase } from "./base-images.ts";
import { load } from "./controller-image.ts";
import type { Engine } from "./engine.ts";

const DOCKERFILE = readFileSync(join(import.meta.dirname, "../../apps/executable/Dockerfile"), "utf8");
/** What builds the command's image, as the first line of its Dockerfile has it. */
export const COMMAND_BUILD = `docker build ${/^# docker build (.*?) {2}/.exec(DOCKERFILE)?.[1]}`;

/** No registry of images is asked: the base is the libraries of this machine's Node under its name. */
export async function loadCommandBase(engine: Engine): Promise<void> {
  const [, base = ""] = /^FROM (\S+)$/m.exec(DOCKERFILE) ?? [];
  expect(base).toMatch(/^gcr\.io\/distroless\/cc-debian\d+:nonroot$/);
  await load(engine, "libraries-base", (folder) => writeLibrariesBase(folder, base));
}

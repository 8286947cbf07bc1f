import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { COMPILED } from "../../vitest.shared.ts";
import { connect } from "./api.ts";
import { Cleanup } from "./cleanup.ts";
import { startCluster, type Target, targetFromEnvironment } from "./cluster.ts";
import { installController } from "./install.ts";
import { processesMentioning } from "./leftovers.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Path of the administrator's kubeconfig of the cluster that all scenarios share. */
    kubeconfig: string;
    target: Target;
  }
}

/**
 * Starts the target once for the whole run, and stops it at the end. Everything that the run makes lives under one
 * temporary folder, so that what is left behind, be it a file or a process, fails the run.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "upgrade-halt-e2e-"));
  process.env.TMPDIR = folder;
  process.env.NODE_COMPILE_CACHE = COMPILED;
  const cleanup = new Cleanup();
  cleanup.add(() => expectNothingLeft(folder));
  try {
    const cluster = await startCluster(targetFromEnvironment());
    cleanup.add(() => cluster.stop());
    await installController(connect(cluster.kubeconfig), cleanup, cluster.target);
    project.provide("kubeconfig", cluster.kubeconfig);
    project.provide("target", cluster.target);
  } catch (error) {
    await cleanup.run();
    throw error;
  }
  return () => cleanup.run();
}

async function expectNothingLeft(folder: string): Promise<void> {
  const files = await readdir(folder);
  const processes = processesMentioning(folder);
  for (const { pid } of processes) process.kill(pid, "SIGKILL");
  await rm(folder, { recursive: true, force: true });
  if (files.length > 0 || processes.length > 0) {
    throw new Error(`left behind by this run: ${JSON.stringify({ files, processes }, null, 2)}`);
  }
}

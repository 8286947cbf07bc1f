import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startProgram } from "@upgrade-halt/testing";
import { debianVersion, outputOf, resumeIn, type SupervisorKind } from "./service.ts";

const UPGRADE_HALT = join(import.meta.dirname, "..", "..", "packages", "consumer", "bin", "upgrade-halt.js");
/** Seconds for which a process has to be seen asleep at each look: twice as long as supervise waits before a start. */
const STANDS = 2;

export const daemontools: SupervisorKind = {
  name: "daemontools",
  configuration: "`upgrade-halt exec --hold`",
  resume: "svc -t DIR",
  version: async () => await debianVersion("daemontools"),
  start: async (service, files) => {
    const run = (files.get("daemontools/run") ?? "")
      .replace("upgrade-halt", `${process.execPath} ${UPGRADE_HALT}`)
      .replace("seid-supervised", service.command);
    await service.write("run", run, 0o755);
    const daemon = await startProgram("supervise", "supervise", [service.folder]);
    let first: Standing | undefined;
    return {
      report: async () => {
        const hasHalted = /^upgrade-halt: halted: /m.test(daemon.output());
        const now = hasHalted ? await standingIn(service.folder) : undefined;
        if (now?.pid !== first?.pid) first = now;
        const stands = now !== undefined && first !== undefined && now.seconds >= first.seconds + STANDS;
        return { isHeld: stands, remembers: "nothing" };
      },
      resume: () => resumeIn(service, daemontools),
      log: async () => daemon.output(),
      stop: async () => {
        await outputOf("svc", ["-dx", service.folder]);
        await daemon.ended;
      },
    };
  },
};

/** The process that supervise started, and the seconds since it did. */
interface Standing {
  readonly pid: string;
  readonly seconds: number;
}

/** The process that supervise has up, where it sleeps and has started nothing that runs. One that boots does not sleep. */
async function standingIn(folder: string): Promise<Standing | undefined> {
  const [, pid, seconds] = /: up \(pid (\d+)\) (\d+) s/.exec(await outputOf("svstat", [folder])) ?? [];
  if (pid === undefined) return undefined;
  const read = (file: string) => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "gone");
  const [status, children] = await Promise.all([read("status"), read(`task/${pid}/children`)]);
  return children === "" && /^State:\s+S/m.test(status) ? { pid, seconds: Number(seconds) } : undefined;
}

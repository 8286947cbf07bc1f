import { join } from "node:path";
import { startProgram } from "../harness/program.ts";
import { debianVersion, outputOf, type SupervisorKind } from "./service.ts";

const UPGRADE_HALT = join(import.meta.dirname, "..", "..", "packages", "consumer", "bin", "upgrade-halt.js");

export const daemontools: SupervisorKind = {
  name: "daemontools",
  configuration: "`upgrade-halt exec --hold`",
  version: async () => await debianVersion("daemontools"),
  start: async (service, files) => {
    const run = (files.get("daemontools/run") ?? "")
      .replace("upgrade-halt", `${process.execPath} ${UPGRADE_HALT}`)
      .replace("seid", service.command);
    await service.write("run", run, 0o755);
    const daemon = await startProgram("supervise", "supervise", [service.folder]);
    return {
      report: async () => ({
        isHeld: /^upgrade-halt: halted: /m.test(daemon.output()),
        remembers: "nothing",
      }),
      stop: async () => {
        await outputOf("svc", ["-dx", service.folder]);
        await daemon.ended;
      },
    };
  },
};

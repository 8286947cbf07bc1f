import { startProgram } from "@upgrade-halt/testing";
import { debianVersion, outputOf, resumeIn, runScript, type SupervisorKind } from "./service.ts";

export const s6: SupervisorKind = {
  name: "s6",
  configuration: "`finish` that exits with 125",
  resume: "s6-svc -u DIR",
  read: { from: "s6", what: "`s6-svstat DIR`" },
  version: async () => await debianVersion("s6"),
  start: async (service, files) => {
    await service.write("run", runScript(service), 0o755);
    await service.write("finish", files.get("s6/finish") ?? "", 0o755);
    const daemon = await startProgram("s6-supervise", "s6-supervise", [service.folder]);
    return {
      report: async () => {
        const asked = ["-o", "up,wantedup,exitcode,signal", service.folder];
        const [up, wanted, code, signal] = (await outputOf("s6-svstat", asked)).split(" ");
        return {
          isHeld: up === "false" && wanted === "false",
          remembers: `exitcode ${code}, signal ${signal}`,
          printed: await outputOf("s6-svstat", [service.folder]),
        };
      },
      resume: () => resumeIn(service, s6),
      log: async () => daemon.output(),
      stop: async () => void (await daemon.stop()),
    };
  },
};

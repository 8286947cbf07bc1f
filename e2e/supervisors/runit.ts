import { startProgram } from "@upgrade-halt/testing";
import { debianVersion, outputOf, resumeIn, runScript, type SupervisorKind } from "./service.ts";

export const runit: SupervisorKind = {
  name: "runit",
  configuration: "`finish` that calls `sv down .`",
  resume: "sv up DIR",
  read: { from: "finish", what: "the arguments of `finish`" },
  version: async () => await debianVersion("runit"),
  start: async (service, files) => {
    await service.write("run", runScript(service), 0o755);
    // The page's script, which also writes down what it was told.
    const finish = (files.get("runit/finish") ?? "").replace("\n", '\necho "$1 $2" > told\n');
    await service.write("finish", finish, 0o755);
    const daemon = await startProgram("runsv", "runsv", [service.folder]);
    return {
      report: async () => {
        const isHeld = /^down: .*normally up$/.test(await outputOf("sv", ["status", service.folder]));
        const printed = await outputOf("cat", [`${service.folder}/told`]);
        return { isHeld, remembers: `tells \`finish\`: ${printed}`, printed };
      },
      resume: () => resumeIn(service, runit),
      log: async () => daemon.output(),
      stop: async () => void (await daemon.stop()),
    };
  },
};

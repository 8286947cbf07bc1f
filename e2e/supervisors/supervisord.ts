import { globSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { startProgram } from "@upgrade-halt/testing";
import { installed } from "./programs.ts";
import { outputOf, resumeIn, type SupervisorKind } from "./service.ts";

const { folder } = installed.supervisord;
const PATH = `${join(folder, "bin")}${delimiter}${process.env.PATH}`;
const env = { ...process.env, PATH, PYTHONPATH: folder };

export const supervisord: SupervisorKind = {
  name: "supervisord",
  configuration: "`exitcodes=0,70,71,72` and `startsecs=0`",
  resume: "supervisorctl start seid",
  read: { from: "supervisord", what: "its log" },
  version: async () => await outputOf("python3", ["-m", "supervisor.supervisord", "--version"], env),
  start: async (service, files) => {
    const program = files.get("seid.conf") ?? "";
    const socket = join(service.folder, "socket");
    await service.write(
      "supervisord.conf",
      `[supervisord]
nodaemon=true
logfile=${service.folder}/log
pidfile=${service.folder}/pid
childlogdir=${service.folder}
[unix_http_server]
file=${socket}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://${socket}
${program.replace("/usr/local/bin/seid-supervised", service.command)}`,
    );
    const daemon = await startProgram(
      "supervisord",
      "python3",
      ["-m", "supervisor.supervisord", "-c", join(service.folder, "supervisord.conf")],
      { env },
    );
    return {
      report: async () => {
        const [state = "", exitStatus = ""] = (await outputOf("python3", ["-c", ASK, socket], env)).split(
          " ",
        );
        const printed = readFileSync(join(service.folder, "log"), "utf8");
        return { isHeld: state === "EXITED", remembers: `exitstatus ${exitStatus}`, printed };
      },
      resume: () => resumeIn(service, supervisord, env),
      log: async () =>
        globSync(join(service.folder, "seid-std*.log"))
          .map((file) => readFileSync(file, "utf8"))
          .join(""),
      stop: async () => void (await daemon.stop()),
    };
  },
};

const ASK = `
import sys, xmlrpc.client
from supervisor.xmlrpc import SupervisorTransport
server = xmlrpc.client.ServerProxy("http://x", SupervisorTransport(None, None, "unix://" + sys.argv[1]))
told = server.supervisor.getProcessInfo("seid")
print(told["statename"], told["exitstatus"])
`;

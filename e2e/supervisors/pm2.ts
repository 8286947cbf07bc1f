import { readFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { installed, PM2_VERSION } from "./programs.ts";
import { outputOf, resumeIn, type SupervisorKind } from "./service.ts";

export const PM2 = join(installed.pm2.folder, "node_modules", ".bin", "pm2");

interface Listed {
  readonly pm2_env: { readonly status: string; readonly exit_code?: number };
}

export const pm2: SupervisorKind = {
  name: "pm2",
  configuration: "`stop_exit_codes: [70, 71, 72]` in an ecosystem file",
  resume: "pm2 restart seid",
  read: { from: "pm2", what: "`pm2 jlist`" },
  version: async () => PM2_VERSION,
  start: async (service, files) => {
    const home = join(service.folder, "home");
    const PATH = `${dirname(PM2)}${delimiter}${process.env.PATH}`;
    const env = { ...process.env, PATH, PM2_HOME: home };
    const logOf = (stream: string) =>
      readFile(join(home, "logs", `seid-${stream}.log`), "utf8").catch(() => "");
    const logs = () => Promise.all(["out", "error"].map(logOf));
    const earlier = (await logs()).map((log) => log.length);
    const config = (files.get("seid.config.cjs") ?? "").replace(
      "/usr/local/bin/seid-supervised",
      service.command,
    );
    await service.write("seid.config.cjs", config);
    await outputOf(PM2, ["start", join(service.folder, "seid.config.cjs")], env);
    return {
      report: async () => {
        const printed = await outputOf(PM2, ["jlist"], env);
        const [seid] = JSON.parse(printed.split("\n").at(-1) ?? "[]") as readonly Listed[];
        const { status, exit_code: code } = seid?.pm2_env ?? {};
        return { isHeld: status === "stopped", remembers: `exit_code ${code}`, printed };
      },
      resume: () => resumeIn(service, pm2, env),
      log: async () => (await logs()).map((log, i) => log.slice(earlier[i])).join(""),
      stop: async () => void (await outputOf(PM2, ["kill"], env)),
    };
  },
};

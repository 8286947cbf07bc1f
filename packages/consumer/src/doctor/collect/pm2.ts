import { z } from "@upgrade-halt/contract/zod";
import { jsonOrNothing } from "../../json-or-nothing.ts";
import type { EvidenceFacts } from "../facts.ts";
import type { RestartRules } from "../fate/restart-rules.ts";
import type { ProcessFacts } from "../process.ts";
import { fileFor } from "./output.ts";
import { type Env, runProgram } from "./run-program.ts";

const ListSchema = z.array(
  z.object({
    pid: z.int().nullish(),
    pm2_env: z.object({
      autorestart: z.boolean().nullish(),
      stop_exit_codes: z.union([z.array(z.coerce.number()), z.coerce.number()]).nullish(),
      cron_restart: z.union([z.string(), z.number()]).nullish(),
      watch: z.union([z.boolean(), z.string(), z.array(z.string())]).nullish(),
      pm_out_log_path: z.string().nullish(),
      pm_err_log_path: z.string().nullish(),
    }),
  }),
);

const INSTEAD = "Ask again where `pm2 jlist` works, as the user who started pm2.";

/** What pm2 itself says of the process that it started. */
export async function readPm2(
  home: string,
  started: ProcessFacts,
  env: Env,
): Promise<{ readonly rules: RestartRules; readonly evidence: EvidenceFacts }> {
  const answer = await runProgram("pm2", ["jlist"], { ...env, PM2_HOME: home });
  const why = answer.kind === "failed" ? answer.why : `pm2 jlist does not tell of process ${started.pid}`;
  const line = answer.kind === "ended" ? (answer.stdout.trim().split("\n").at(-1) ?? "") : "";
  const app = appsIn(line).find(({ pid }) => pid === started.pid)?.pm2_env;
  if (app === undefined)
    return {
      rules: { kind: "unseen", why, instead: INSTEAD },
      evidence: { kind: "output", goesTo: { kind: "unseen", why } },
    };
  const logs = [app.pm_out_log_path, app.pm_err_log_path].map((path) => path ?? "/dev/null");
  const files = logs.map(fileFor);
  return {
    rules: {
      kind: "pm2",
      autorestart: app.autorestart !== false,
      stopExitCodes: [app.stop_exit_codes ?? []].flat(),
      startedBy: [
        ...(isSet(app.cron_restart) ? ["cron_restart"] : []),
        ...(isSet(app.watch) ? ["watch"] : []),
      ],
    },
    evidence: {
      kind: "output",
      goesTo: logs.includes("/dev/null")
        ? { kind: "null" }
        : {
            kind: "file",
            ...(files.find(({ refused }) => refused !== undefined) ?? files[1] ?? { path: "" }),
          },
    },
  };
}

/** A pattern of 0 takes back one that was set before. */
function isSet(option: unknown): boolean {
  return Boolean(option) && option !== "0" && !(Array.isArray(option) && option.length === 0);
}

function appsIn(line: string): z.infer<typeof ListSchema> {
  return ListSchema.safeParse(jsonOrNothing(line)).data ?? [];
}

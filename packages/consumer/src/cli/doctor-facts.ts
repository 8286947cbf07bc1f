import { ConsumerError } from "../consumer-error.ts";
import type { Between, ExecBetween } from "../doctor/between.ts";
import { type CosmovisorPlace, readCosmovisor } from "../doctor/collect/cosmovisor.ts";
import { imagesHere } from "../doctor/collect/engine.ts";
import { type Located, locateNode } from "../doctor/collect/locate.ts";
import { homeInArgs, rpcInConfig } from "../doctor/collect/node-home.ts";
import { environmentOf } from "../doctor/collect/process-table.ts";
import { describeSupervised } from "../doctor/collect/supervised.ts";
import type { CosmovisorFacts, Facts, PolicyFacts } from "../doctor/facts.ts";
import { upgradesAhead } from "../doctor/findings/upgrades.ts";
import { baseName } from "../doctor/process.ts";
import { readStatus } from "../status/read-status.ts";
import { inspectUpgradeInfo } from "../upgrade-info-file.ts";
import { readPolicy } from "./documents.ts";
import type { Io } from "./io.ts";
import { rpcUrl, shownUrl } from "./shown-url.ts";

/** CometBFT's own default. */
const DEFAULT_RPC = "http://127.0.0.1:26657";

/** What the command line says of the node; the rest is looked for. */
export interface DoctorTarget {
  readonly pid?: string;
  readonly unit?: string;
  readonly container?: string;
  readonly home?: string;
  readonly rpc?: string;
  readonly policy?: string;
  readonly timeout: number;
}

/** Looks at a node and at what is around it. It changes nothing, and what cannot be seen is no failure. */
export async function collectFacts(target: DoctorTarget, io: Io): Promise<Facts> {
  const configured = target.home === undefined ? undefined : rpcInConfig(target.home);
  const asked = rpcUrl(target.rpc ?? configured ?? DEFAULT_RPC);
  const located = await locateNode({ ...target, rpc: URL.parse(asked) ?? undefined }, io.env);
  const supervised = await describeSupervised(located, io.env);
  const exec = supervised?.between.find((step): step is ExecBetween => step.kind === "exec");
  const environment = located.process === undefined ? undefined : environmentOf(located.process.pid);
  const home =
    target.home ?? homeInArgs(located.process?.args ?? []) ?? exec?.home ?? environment?.get("DAEMON_HOME");
  const found = home === undefined ? undefined : rpcInConfig(home);
  const url = rpcUrl(target.rpc ?? exec?.rpc ?? found ?? DEFAULT_RPC);
  const result = await readStatus(url, { timeoutMs: target.timeout, now: io.now });
  const facts: Facts = {
    node: located.node,
    supervised,
    status: { url: shownUrl(url), result },
    policy: await policyFacts(target.policy ?? exec?.policy),
    upgradeInfo: home === undefined ? undefined : await inspectUpgradeInfo(home),
  };
  const ahead = upgradesAhead(facts);
  const engine = located.engine;
  return {
    ...facts,
    cosmovisor: await cosmovisorFacts(
      located,
      supervised?.between ?? [],
      home,
      ahead.map(({ planName }) => planName),
    ),
    imagesHere:
      engine === undefined
        ? undefined
        : await imagesHere(
            engine,
            ahead.map(({ image }) => image),
            io.env,
          ),
  };
}

async function policyFacts(path: string | undefined): Promise<PolicyFacts> {
  if (path === undefined) return { kind: "none" };
  try {
    return { kind: "read", path, policy: await readPolicy(path) };
  } catch (error) {
    if (!(error instanceof ConsumerError)) throw error;
    return { kind: "unreadable", problem: error.message.replace(/^the/, "The") };
  }
}

async function cosmovisorFacts(
  { process }: Located,
  between: readonly Between[],
  home: string | undefined,
  plans: readonly string[],
): Promise<CosmovisorFacts | undefined> {
  const step = between.find(({ kind }) => kind === "cosmovisor");
  if (step?.kind !== "cosmovisor") return undefined;
  const environment = environmentOf(step.pid);
  const place: CosmovisorPlace = {
    home: environment?.get("DAEMON_HOME") ?? home ?? "",
    program: environment?.get("DAEMON_NAME") ?? baseName(process?.args[0] ?? ""),
    mayDownload: environment?.get("DAEMON_ALLOW_DOWNLOAD_BINARIES") === "true",
    keepsCase: environment?.get("COSMOVISOR_DISABLE_RECASE") === "true",
  };
  return place.home === "" || place.program === "" ? undefined : await readCosmovisor(place, plans);
}

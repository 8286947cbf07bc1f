import { ConsumerError } from "../../consumer-error.ts";
import { readAnnouncer } from "../../doctor/collect/announcer.ts";
import { type CosmovisorPlace, readCosmovisor } from "../../doctor/collect/cosmovisor.ts";
import { imagesHere } from "../../doctor/collect/engine.ts";
import { processListeningAt } from "../../doctor/collect/find-node.ts";
import { type Located, locateNode } from "../../doctor/collect/locate.ts";
import { homeOfNode, rpcInConfig } from "../../doctor/collect/node-home.ts";
import { environmentOf, hasOwnNetwork, idsOf, rootOf } from "../../doctor/collect/process-table.ts";
import { describeSupervised } from "../../doctor/collect/supervised.ts";
import type { CosmovisorFacts, Facts, PolicyFacts, StatusFacts } from "../../doctor/facts.ts";
import { upgradesAhead } from "../../doctor/findings/upgrades.ts";
import { baseName, programOf } from "../../doctor/process.ts";
import { askRegistries } from "../../doctor/registry/ask-registry.ts";
import type { ExecWrapper, Wrapper } from "../../doctor/wrapper.ts";
import { readOnce } from "../../status/read-once.ts";
import { inspectUpgradeInfo } from "../../upgrade-info-file.ts";
import { readPolicy } from "../input/documents.ts";
import type { Io } from "../output/io.ts";
import { givenUrl, rpcUrl, shownUrl } from "../output/shown-url.ts";

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
  readonly registry?: boolean;
  readonly timeout: number;
}

/** Looks at a node and at what is around it. It changes nothing, and what cannot be seen is no failure. */
export async function collectFacts(target: DoctorTarget, io: Io): Promise<Facts> {
  const given = target.rpc === undefined ? undefined : givenUrl(target.rpc);
  const configured = target.home === undefined ? undefined : rpcInConfig(target.home);
  const asked = URL.parse(given ?? configured ?? DEFAULT_RPC) ?? undefined;
  const located = await locateNode({ ...target, rpc: asked }, io.env);
  const { process, engine } = located;
  const supervised = await describeSupervised(located, io.env);
  const exec = supervised?.between.find((step): step is ExecWrapper => step.kind === "exec");
  const root = process === undefined ? "" : rootOf(process.pid);
  // What is in a container that does not run is not seen.
  const isSeen = process !== undefined || located.container === undefined;
  const announcer = exec?.announce === true && isSeen ? exec : undefined;
  // What a client's command line says of a home or an address is of its container.
  const seen = located.node.kind === "in-container" ? undefined : process;
  const ownHome = seen && (homeOfNode(seen) ?? exec?.home ?? environmentOf(seen.pid)?.get("DAEMON_HOME"));
  const home = target.home ?? (ownHome === undefined ? undefined : `${root}${ownHome}`);
  const facts: Facts = {
    node: located.node,
    supervised,
    status: await statusFacts(
      { address: given ?? exec?.rpc ?? (home && rpcInConfig(home)), exec },
      located,
      target,
      io,
    ),
    // What announces the node's halts has a policy of its own, and that is the one that counts.
    policy: await policyFacts(announcer?.policy ? `${root}${announcer.policy}` : target.policy),
    announcer: announcer && (await readAnnouncer(announcer, aroundOf(announcer, located, root), io.env)),
    upgradeInfo: home === undefined ? undefined : await inspectUpgradeInfo(home),
  };
  const ahead = upgradesAhead(facts);
  const [plans, images] = [ahead.map(({ planName }) => planName), ahead.map(({ image }) => image)];
  const here = engine === undefined ? undefined : await imagesHere(engine, images, io.env);
  const elsewhere = images.filter((image) => !here?.includes(image));
  return {
    ...facts,
    cosmovisor: await cosmovisorFacts(located, supervised?.between ?? [], home, plans),
    registries:
      target.registry === true ? await askRegistries(elsewhere, { timeoutMs: target.timeout }) : undefined,
    imagesHere: here,
  };
}

/** One that does not run yet is to be started as the unit's user. */
function aroundOf({ pid }: ExecWrapper, { process, unit }: Located, root: string) {
  const { user, groups } = unit?.evidence.kind === "systemd" ? unit.evidence : {};
  const unitUser = user === undefined ? undefined : { user, groups: groups ?? [] };
  return { root, reader: pid === 0 ? unitUser : idsOf(pid), node: process };
}

/** The node's own status. Without an address, one of this machine is none of a node with a network of its own. */
async function statusFacts(
  { address, exec }: { readonly address: string | undefined; readonly exec: ExecWrapper | undefined },
  { process, node }: Located,
  { rpc, timeout }: DoctorTarget,
  { now }: Io,
): Promise<StatusFacts> {
  const url = rpcUrl(address ?? DEFAULT_RPC);
  const isApart = process !== undefined && hasOwnNetwork(process.pid);
  if (isApart && rpc === undefined) {
    const problem = "the node has a network of its own, and no --rpc was given";
    return { url: shownUrl(url), result: { kind: "refused", at: now(), problem } };
  }
  const target = URL.parse(url);
  const listener =
    isApart || process === undefined || target === null || node.kind === "in-container"
      ? undefined
      : processListeningAt(target);
  const isOther = listener !== undefined && listener.pid !== process?.pid;
  const asked = exec?.announce === true && !isApart ? rpcUrl(exec.rpc ?? DEFAULT_RPC) : url;
  return {
    url: shownUrl(url),
    announcerAsks: URL.parse(asked)?.port === target?.port ? undefined : shownUrl(asked),
    result: await readOnce(url, { timeoutMs: timeout, now }),
    otherListener: isOther ? { pid: listener.pid, command: programOf(listener) } : undefined,
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
  between: readonly Wrapper[],
  home: string | undefined,
  plans: readonly string[],
): Promise<CosmovisorFacts | undefined> {
  const step = between.find(({ kind }) => kind === "cosmovisor");
  if (step?.kind !== "cosmovisor") return undefined;
  const environment = environmentOf(step.pid);
  const daemonHome = environment?.get("DAEMON_HOME");
  const place: CosmovisorPlace = {
    home: daemonHome === undefined ? (home ?? "") : `${rootOf(step.pid)}${daemonHome}`,
    program: environment?.get("DAEMON_NAME") ?? baseName(process?.args[0] ?? ""),
    mayDownload: environment?.get("DAEMON_ALLOW_DOWNLOAD_BINARIES") === "true",
    keepsCase: environment?.get("COSMOVISOR_DISABLE_RECASE") === "true",
  };
  return place.home === "" || place.program === "" ? undefined : await readCosmovisor(place, plans);
}

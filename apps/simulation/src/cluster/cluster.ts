import { decodeStatus, type StatusResult } from "@upgrade-halt/consumer";
import type { HaltIntent, HaltReason } from "@upgrade-halt/contract";
import { announcedAtNow, reasonToken } from "@upgrade-halt/contract";
import type { Network } from "../episode/network.ts";
import { PAGER_URL } from "../episode/pager.ts";
import { ApiServer, type Commit } from "../server/api-server.ts";
import {
  controllingRef,
  type Deployment,
  type HaltPolicy,
  type OwnerRef,
  PATHS,
  type Pod,
  pathOf,
  type SeiNetwork,
  type SeiNode,
  type StatefulSet,
} from "../server/objects.ts";
import type { Random } from "../time/random.ts";
import type { Program, VirtualTime } from "../time/virtual-time.ts";
import { type Chain, imageOf, mirrored, releaseOf, taggedImageOf } from "./chain.ts";
import { DeploymentController } from "./deployment-controller.ts";
import { Kubelet } from "./kubelet.ts";
import type { Halt, NodeProcess } from "./node.ts";
import { SeiNodeController } from "./sei-node-controller.ts";
import { StatefulSetController } from "./stateful-set-controller.ts";
import { Validators } from "./validators.ts";

export const NAMESPACE = "validators";
export const POLICY = "policy";

export type WorkloadKind = "StatefulSet" | "Deployment" | "CustomResource";

const TARGETS = {
  StatefulSet: { kind: "StatefulSet" },
  Deployment: { kind: "Deployment" },
  CustomResource: {
    kind: "CustomResource",
    customResource: { apiVersion: "sei.io/v1alpha1", kind: "SeiNode", resource: "seinodes" },
  },
} as const satisfies Record<WorkloadKind, object>;

const OWNER = { apiVersion: "sei.io/v1alpha1", kind: "SeiNetwork", resource: "seinetworks" } as const;

/** Where a validator's key may lie beside its data. */
const KEYS = {
  machine: {
    volume: { name: "keys", hostPath: { path: "/var/keys", type: "DirectoryOrCreate" } },
    mount: { name: "keys" },
  },
  network: {
    volume: { name: "keys", nfs: { server: "10.0.0.9", path: "/exports/keys" } },
    mount: { name: "keys", subPathExpr: "$(POD_NAME)" },
  },
} as const;

/** Something beside the node: whatever a policy says, it is no node. */
const SIDECAR = { name: "sidecar", image: `registry.example/feeder@sha256:${"0".repeat(64)}` } as const;

export interface ClusterOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly network: Network;
  readonly chain: Chain;
  readonly onCommit: (commit: Commit) => void;
  readonly onStart: (process: NodeProcess) => void;
  /** Told of each answer of a node's `/status` that a program got. */
  readonly onStatus: (told: ToldStatus) => void;
}

export interface ToldStatus {
  readonly by: string;
  readonly process: NodeProcess;
  readonly chainId: string | undefined;
  readonly height: number | undefined;
  /** The halt that it announced, true or not. */
  readonly announced: { readonly plan: string | undefined; readonly height: number | undefined } | undefined;
}

/** A cluster with its own controllers, and what its operators do to it. */
export class Cluster {
  readonly server: ApiServer;
  readonly kubelet: Kubelet;
  readonly validators: Validators;
  /** An admission webhook that points images at a mirror. */
  mirrors = false;
  /** The image that an admission webhook gives every pod, whatever its template says. */
  pinned: string | undefined;
  /** The nodes' RPC listens on their own machine alone, as CometBFT's does unless it is told otherwise. */
  servesNobody = false;
  /** Kind of the workloads here, as every policy names it. */
  target: WorkloadKind = "StatefulSet";
  /** A SeiNetwork owns the custom resources, and every policy names it as their owner. */
  hasNetwork = false;
  /** Every policy names the label by which pods tell their custom resource. */
  namesLabel = false;
  readonly seiNodeController: SeiNodeController;
  readonly #options: ClusterOptions;

  constructor(options: ClusterOptions) {
    const { time, random, chain, onCommit, onStart } = options;
    this.#options = options;
    this.server = new ApiServer(time, onCommit);
    this.validators = new Validators(random);
    const { server, validators } = this;
    this.kubelet = new Kubelet({ time, random, server, validators, chainOf: () => chain, onStart });
    server.serveLogs((pod, isPrevious) => this.kubelet.logOf(pod as Pod, isPrevious));
    const admit = (image: string) => {
      const isNode = releaseOf(image) !== undefined && image !== imageOf(99);
      const kept = isNode ? (this.pinned ?? image) : image;
      return this.mirrors ? mirrored(kept) : kept;
    };
    new StatefulSetController({ time, random, server, admit });
    new DeploymentController({ time, random, server, validators, admit });
    this.seiNodeController = new SeiNodeController({ time, random, server });
  }

  createSet(
    name: string,
    spec: Partial<StatefulSet["spec"]> & {
      readonly release: number;
      readonly labels?: Readonly<Record<string, string>>;
      readonly ownerReferences?: readonly OwnerRef[];
      readonly keepsKeys?: keyof typeof KEYS | undefined;
      readonly readinessGates?: StatefulSet["spec"]["template"]["spec"]["readinessGates"];
      /** Its image is named by a tag. */
      readonly isTagged?: boolean;
      /** What runs beside its node is of the node's image. */
      readonly hasOneImage?: boolean;
      /** Its node says of no port that it is for RPC. */
      readonly hidesPort?: boolean;
      /** What runs beside its node names a port. */
      readonly namesPortBeside?: boolean;
    },
  ): void {
    const { release, labels = {}, ownerReferences, keepsKeys, readinessGates, ...more } = spec;
    const {
      isTagged = false,
      hidesPort = false,
      hasOneImage = false,
      namesPortBeside = false,
      ...rest
    } = more;
    const own = { app: "seid", set: name, ...labels };
    const keys = keepsKeys && KEYS[keepsKeys];
    const { ports, ...container } = containerOf(release);
    const node = {
      ...container,
      ...(isTagged && { image: taggedImageOf(release) }),
      ...(!hidesPort && { ports }),
      ...(keys && { volumeMounts: [keys.mount] }),
    };
    const template = {
      containers: [
        node,
        {
          ...SIDECAR,
          ...(hasOneImage && { image: imageOf(99) }),
          ...(namesPortBeside && { ports: [{ name: "metrics", containerPort: 9100 }] }),
        },
      ],
      ...(keys && { volumes: [keys.volume] }),
      ...(readinessGates && { readinessGates }),
    };
    this.server.create("operator", pathOf(PATHS.statefulSets, NAMESPACE), {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name, labels: own, ...(ownerReferences && { ownerReferences }) },
      spec: {
        replicas: 1,
        podManagementPolicy: "OrderedReady",
        updateStrategy: { type: "OnDelete" },
        selector: { matchLabels: { set: name } },
        template: { metadata: { labels: own }, spec: template },
        ...rest,
      },
    });
  }

  createDeployment(
    name: string,
    spec: Partial<Deployment["spec"]> & {
      readonly release: number;
      readonly labels?: Readonly<Record<string, string>>;
      readonly owner?: OwnerRef;
    },
  ): void {
    const { release, labels = {}, owner, ...rest } = spec;
    const own = { app: "seid", set: name, ...labels };
    this.server.create("operator", pathOf(PATHS.deployments, NAMESPACE), {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, labels: own, ...(owner && { ownerReferences: [owner] }) },
      spec: {
        replicas: 1,
        strategy: { type: "Recreate" },
        selector: { matchLabels: { set: name } },
        template: { metadata: { labels: own }, spec: { containers: [containerOf(release)] } },
        ...rest,
      },
    });
  }

  /** The owner of custom resources. */
  createSeiNetwork(name: string, release: number): OwnerRef {
    const network = this.server.create("operator", pathOf(PATHS.seiNetworks, NAMESPACE), {
      apiVersion: OWNER.apiVersion,
      kind: OWNER.kind,
      metadata: { name },
      spec: { image: imageOf(release) },
    });
    return controllingRef(network);
  }

  /** A custom resource, and the StatefulSet that its controller makes for it, unless it has not yet. */
  createSeiNode(
    name: string,
    release: number,
    set: Omit<Parameters<Cluster["createSet"]>[1], "release" | "ownerReferences"> | undefined,
    owner?: OwnerRef,
  ): void {
    const node = this.server.create("operator", pathOf(PATHS.seiNodes, NAMESPACE), {
      apiVersion: "sei.io/v1alpha1",
      kind: "SeiNode",
      metadata: { name, ...(owner && { ownerReferences: [owner] }) },
      spec: { image: imageOf(release) },
    });
    if (set === undefined) return;
    this.createSet(name, {
      ...set,
      release,
      ownerReferences: [controllingRef(node)],
    });
  }

  createPolicy(spec: Partial<HaltPolicy["spec"]>, name = POLICY): void {
    if (this.policy(name) !== undefined) return;
    this.server.create("operator", pathOf(PATHS.policies, NAMESPACE), {
      apiVersion: "upgrade-halt.dev/v1alpha1",
      kind: "HaltPolicy",
      metadata: { name },
      spec: {
        selector: { matchLabels: { app: "seid" } },
        container: "seid",
        chainId: this.#options.chain.id,
        upgrades: [],
        ...(this.target === "StatefulSet" ? {} : { target: this.#target() }),
        paging: [{ webhook: { url: PAGER_URL } }],
        recoveryTimeoutSeconds: 300,
        ...spec,
      },
    });
  }

  #target() {
    const target = TARGETS[this.target];
    if (!("customResource" in target)) return target;
    const customResource = {
      ...target.customResource,
      ...(this.namesLabel && { nameLabel: "set" }),
      ...(this.hasNetwork && { owner: OWNER }),
    };
    return { ...target, customResource };
  }

  policy(name = POLICY): HaltPolicy | undefined {
    return this.server.find<HaltPolicy>(PATHS.policies, NAMESPACE, name);
  }

  changePolicy(patch: object, name = POLICY): void {
    if (this.policy(name) === undefined) return;
    const path = pathOf(PATHS.policies, NAMESPACE, name);
    this.server.mergePatch("operator", path, { spec: patch }, false);
  }

  get now(): number {
    return this.#options.time.now;
  }

  /** Something that happens after `ms`. */
  later(ms: number, happen: () => void): void {
    this.#options.time.later(ms, happen);
  }

  sets(): readonly StatefulSet[] {
    return this.server.all<StatefulSet>(PATHS.statefulSets);
  }

  seiNetworks(): readonly SeiNetwork[] {
    return this.server.all<SeiNetwork>(PATHS.seiNetworks);
  }

  deployments(): readonly Deployment[] {
    return this.server.all<Deployment>(PATHS.deployments);
  }

  seiNodes(): readonly SeiNode[] {
    return this.server.all<SeiNode>(PATHS.seiNodes);
  }

  changeDeployment(name: string, change: (spec: Deployment["spec"]) => Deployment["spec"]): void {
    const found = this.server.find<Deployment>(PATHS.deployments, NAMESPACE, name);
    if (found === undefined) return;
    const path = pathOf(PATHS.deployments, NAMESPACE, name);
    this.server.mergePatch("operator", path, { spec: change(found.spec) }, false);
  }

  pods(): readonly Pod[] {
    return this.server.all<Pod>(PATHS.pods);
  }

  changeSet(name: string, change: (spec: StatefulSet["spec"]) => StatefulSet["spec"]): void {
    const set = this.server.find<StatefulSet>(PATHS.statefulSets, NAMESPACE, name);
    if (set === undefined) return;
    const path = pathOf(PATHS.statefulSets, NAMESPACE, name);
    const { metadata, ...rest } = set;
    const { resourceVersion: _, ...kept } = metadata;
    this.server.replace("operator", path, { ...rest, metadata: kept, spec: change(set.spec) });
  }

  /** What a node's `/status` says to a program that asks for it. */
  readonly readNode = (program: Program, url: string, timeoutMs: number): Promise<StatusResult> => {
    const { time, network, onStatus } = this.#options;
    const fate = network.fateOf(program);
    const [, ip = "", port] = /^http:\/\/([\d.]+):(\d+)/.exec(url) ?? [];
    return new Promise((resolve) => {
      const answer = (ms: number, result: () => StatusResult) =>
        time.schedule(ms, () => resolve(result()), program);
      if (fate.isLost || fate.isUnanswered) {
        answer(timeoutMs, () => ({ kind: "timeout", at: Date.now(), problem: "no answer" }));
        return;
      }
      time.later(fate.there, () => {
        const process = this.servesNobody ? undefined : this.kubelet.processAt(ip);
        const node = process && nodeStatus(process);
        answer(fate.back, () => {
          if (process !== undefined && Number(port) !== RPC_PORT) return besideStatus(process);
          if (process === undefined || node === undefined)
            return { kind: "unreachable", at: Date.now(), problem: "refused" };
          const { serves } = process.validator;
          if (serves === "error") return { kind: "rpc-error", at: Date.now(), problem: "busy" };
          if (serves === "web-page") return { kind: "not-a-status", at: Date.now(), problem: "a web page" };
          const { haltIntent } = node;
          const told = haltIntent.kind === "intent" ? haltIntent.intent : undefined;
          onStatus({
            by: program.name,
            process,
            chainId: node.chainId,
            height: node.height,
            announced: told && { plan: told.plan_name, height: told.height },
          });
          return { kind: "ok", at: Date.now(), envelope: "bare", node };
        });
      });
    });
  };
}

/** Where nodes serve their `/status`. */
export const RPC_PORT = 26657;

function containerOf(release: number) {
  return { name: "seid", image: imageOf(release), ports: [{ name: "rpc", containerPort: RPC_PORT }] };
}

/** What a container beside the node answers at its own port: a node of another chain, or something that is none. */
function besideStatus({ validator }: NodeProcess): StatusResult {
  switch (validator.servesBeside) {
    case "nobody":
      return { kind: "unreachable", at: Date.now(), problem: "refused" };
    case "web-page":
      return { kind: "not-a-status", at: Date.now(), problem: "a web page", httpStatus: 404 };
    case "status": {
      const node = {
        chainId: "beside-1",
        moniker: "beside",
        height: 7,
        catchingUp: false,
        validatorAddress: undefined,
        haltIntent: { kind: "absent" } as const,
      };
      return { kind: "ok", at: Date.now(), envelope: "bare", node };
    }
  }
}

function nodeStatus(process: NodeProcess) {
  const { state, validator } = process;
  if (validator.isUnreadable || (state.kind !== "running" && state.kind !== "halted")) return undefined;
  const { chain, movedTo, name, address, alias, oddities, serves } = validator;
  const halt = announcedBy(process);
  const isHalted = state.kind === "halted" && !chain.isLegacy;
  const height = isHalted ? (state.halt.height ?? process.height) : process.height;
  const chainId = movedTo ?? chain.id;
  if (Object.keys(oddities).length > 0) return oddStatus({ chainId, name, address, height, oddities });
  return {
    chainId,
    moniker: name,
    height,
    catchingUp: false,
    validatorAddress: serves === "no-address" ? undefined : (alias ?? address),
    haltIntent:
      halt === undefined
        ? ({ kind: "absent" } as const)
        : ({ kind: "intent", intent: intentOf(halt), defects: [] } as const),
  };
}

interface Odd {
  readonly chainId: string;
  readonly name: string;
  readonly address: string;
  readonly height: number;
  readonly oddities: Readonly<Record<string, unknown>>;
}

/** A status with fields that no honest node writes, through the reader that the controller reads the wire with. */
function oddStatus({ chainId, name, address, height, oddities }: Odd) {
  const { network = chainId, latest_block_height = String(height), halt_intent } = oddities;
  const decoded = decodeStatus({
    node_info: { network, moniker: name },
    sync_info: { latest_block_height, catching_up: false },
    validator_info: { address },
    ...(halt_intent === undefined ? {} : { halt_intent }),
  });
  return decoded.kind === "status" ? decoded.node : undefined;
}

/** The halt that a process announces. */
function announcedBy({ state, validator }: NodeProcess): Halt | undefined {
  if (validator.chain.isLegacy) return undefined;
  return state.kind === "halted" ? state.halt : validator.lie;
}

function intentOf(halt: NonNullable<NodeProcess["halt"]>): HaltIntent & { readonly reason: HaltReason } {
  const { reason } = halt;
  return {
    reason,
    reason_string: reasonToken(reason),
    plan_name: halt.plan,
    ...(halt.height === undefined ? {} : { height: halt.height }),
    announced_at: announcedAtNow(Date.now),
  };
}

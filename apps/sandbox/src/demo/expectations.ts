import { reasonToken, ShutdownReason } from "@upgrade-halt/contract";
import type { HaltView, NodeView } from "./world.ts";

export const UPGRADE_REQUIRED = reasonToken(ShutdownReason.UpgradeRequired);
export const BINARY_TOO_NEW = reasonToken(ShutdownReason.BinaryTooNew);
export const DOWNGRADE_DETECTED = reasonToken(ShutdownReason.DowngradeDetected);

/** The releases and the height that the manifests speak of. */
export const CHAIN = {
  image: (version: string): string => `upgrade-halt.dev/mock-node:${version}`,
  before: "v6.6",
  plan: "v6.7",
  tooNew: "v6.8",
  height: 30,
  /** A node that was seen from here on was near the plan: no halt is acted on without that. */
  near: 5,
} as const;

/** Which node plays which part after the upgrade. */
export const PARTS = { tooNew: "sei-0", downgraded: "sei-1", crashing: "sei-2" } as const;
/** The node that its manifest starts with `--halt-stay-alive`. */
const STAYING = "sei-2";

export interface Evidence {
  readonly halts: readonly HaltView[];
  readonly nodes: readonly NodeView[];
  /** The stable keys of the pages that arrived, each once. */
  readonly pageKeys: readonly string[];
  /** UID of the downgraded node's pod when it was seen to halt. */
  readonly downgradedPodUid: string;
}

export interface Finding {
  readonly text: string;
  readonly held: boolean;
  readonly found: string;
}

/** What the story promises, each judged on the state at its end. */
export function judge(evidence: Evidence): readonly Finding[] {
  return [
    ...judgeHalts(evidence),
    ...judgeUpgrade(evidence),
    ...judgeTooNew(evidence),
    ...judgeDowngrade(evidence),
    ...judgeCrash(evidence),
    ...judgePages(evidence),
  ];
}

/** How each node told of its halt: by its end, or by what its /status showed while it lived. */
function judgeHalts({ halts, nodes }: Evidence): readonly Finding[] {
  return nodes.map(({ node }) => {
    const own = halts.find((halt) => halt.node === node && halt.reason === UPGRADE_REQUIRED);
    const told = own?.sources ?? [];
    const found =
      own === undefined ? "no such halt" : `exit code ${own.exitCode}, known by ${told.join(", ")}`;
    if (node === STAYING) {
      const held = own?.exitCode === undefined && told.includes("live-intent");
      return { text: `${node} stayed alive, and its /status showed halt_intent`, held, found };
    }
    const code = ShutdownReason.UpgradeRequired;
    const held = own?.exitCode === code && told.includes("exit-code") && told.includes("plan-line");
    return {
      text: `${node} printed the upstream line and ended by itself with exit code ${code}`,
      held,
      found,
    };
  });
}

function judgeUpgrade({ halts, nodes }: Evidence): readonly Finding[] {
  return nodes.map(({ node }) => {
    const own = halts.filter((halt) => halt.node === node && halt.reason === UPGRADE_REQUIRED);
    const [first] = own;
    const isPast = (first?.recoveredHeight ?? 0) > CHAIN.height;
    return {
      text: `${node} halted once for ${CHAIN.plan}, was swapped and recovered past height ${CHAIN.height}`,
      held: own.length === 1 && first?.phase === "Recovered" && first.plan === CHAIN.plan && isPast,
      found:
        own.map((halt) => `${halt.plan} ${halt.phase} at ${halt.recoveredHeight}`).join(", ") ||
        "no such halt",
    };
  });
}

function nodeNamed(nodes: readonly NodeView[], name: string): NodeView | undefined {
  return nodes.find(({ node }) => node === name);
}

function judgeTooNew({ halts, nodes }: Evidence): readonly Finding[] {
  const own = halts.filter((halt) => halt.reason === BINARY_TOO_NEW);
  const node = nodeNamed(nodes, PARTS.tooNew);
  const back = CHAIN.image(CHAIN.plan);
  return [
    {
      text: `${PARTS.tooNew} came up too new, was paged once and rolled back to ${CHAIN.plan}`,
      held:
        own.length === 1 &&
        own[0]?.node === PARTS.tooNew &&
        node !== undefined &&
        isImage(node.wantedImage, back) &&
        isImage(node.podImage, back) &&
        node.isRunning,
      found: `${own.length} halts, runs ${node?.podImage}`,
    },
    {
      text: `${PARTS.tooNew} got exactly three changes of image: upgrade, operator, rollback`,
      held: node?.generation === 4,
      found: `generation ${node?.generation}`,
    },
  ];
}

function judgeDowngrade({ halts, nodes, downgradedPodUid }: Evidence): readonly Finding[] {
  const own = halts.filter((halt) => halt.reason === DOWNGRADE_DETECTED);
  const node = nodeNamed(nodes, PARTS.downgraded);
  const isLeft =
    node?.podUid === downgradedPodUid &&
    node.restartCount === 0 &&
    node.exitCode === ShutdownReason.DowngradeDetected &&
    node.wantedImage === CHAIN.image(CHAIN.before);
  return [
    {
      text: `${PARTS.downgraded} was downgraded, paged once and left exactly as it was`,
      held: own.length === 1 && own[0]?.node === PARTS.downgraded && own[0].phase === "Paged" && isLeft,
      found: `${own.length} halts, phase ${own[0]?.phase}, exit code ${node?.exitCode}, ${node?.restartCount} restarts`,
    },
  ];
}

function judgeCrash({ halts, nodes }: Evidence): readonly Finding[] {
  const node = nodeNamed(nodes, PARTS.crashing);
  const own = halts.filter((halt) => halt.node === PARTS.crashing);
  const isBack =
    node?.restartCount === 1 && node.isRunning && node.isReady && node.podImage === CHAIN.image(CHAIN.plan);
  return [
    {
      text: `${PARTS.crashing} crashed and was left to the kubelet, which restarted it once`,
      held: isBack && own.length === 1,
      found: `${node?.restartCount} restarts, ${own.length} halts`,
    },
  ];
}

/** A key that arrives again is the same page: a controller that died after sending it can't know. */
function judgePages({ pageKeys }: Evidence): readonly Finding[] {
  return [
    {
      text: "two pages went out: one for the rollback, one for the downgrade",
      held: pageKeys.length === 2 && new Set(pageKeys).size === 2,
      found: pageKeys.join(", ") || "none",
    },
  ];
}

/** Whether an image is the one of this tag: a rollback pins the digest beside it. */
export function isImage(image: string, tagged: string): boolean {
  return image === tagged || image.startsWith(`${tagged}@sha256:`);
}

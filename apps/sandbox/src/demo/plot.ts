import { ShutdownReason } from "@upgrade-halt/contract";
import { PODS, pathOf, STATEFUL_SETS } from "../client/resource-path.ts";
import { numberAt, stringAt } from "../json/json.ts";
import type { Story } from "../story/story.ts";
import {
  BINARY_TOO_NEW,
  CHAIN,
  DOWNGRADE_DETECTED,
  type Evidence,
  isImage,
  PARTS,
  UPGRADE_REQUIRED,
} from "./expectations.ts";
import type { Stage } from "./stage.ts";
import { waitFor } from "./wait.ts";
import { CONTAINER, haltsOf, NAMESPACE, type NodeView, nodesOf } from "./world.ts";

const UPGRADE_DEADLINE_MS = 60_000;
const PART_DEADLINE_MS = 45_000;

/**
 * Plays the story on a stage: the chain's upgrade, then a node too new, one downgraded and one that crashes.
 * @throws SandboxError when something doesn't come to pass in time, Interrupted when `signal` aborts.
 */
export async function play(stage: Stage, story: Story, signal: AbortSignal): Promise<Evidence> {
  const plot = new Plot(stage, story, signal);
  await plot.start();
  story.tell({
    kind: "chapter",
    title: `The chain makes a block every 100 ms. At height ${CHAIN.height} it upgrades to ${CHAIN.plan}, which no node can run yet.`,
  });
  await plot.upgrade();
  story.tell({
    kind: "chapter",
    title: `Three mishaps: ${PARTS.tooNew} gets a release too new, ${PARTS.downgraded} an old one, and ${PARTS.crashing} crashes.`,
  });
  const parts = await Promise.all([plot.tooNew(), plot.downgrade(), plot.crash()]);
  return plot.evidence(parts[1]);
}

class Plot {
  readonly #stage: Stage;
  readonly #story: Story;
  readonly #signal: AbortSignal;

  constructor(stage: Stage, story: Story, signal: AbortSignal) {
    this.#stage = stage;
    this.#story = story;
    this.#signal = signal;
  }

  /** Every node runs, and goes on to its plan once the controller has seen it near that, however slow the machine is. */
  async start(): Promise<void> {
    await this.#until("every node to be ready, and seen by the controller", UPGRADE_DEADLINE_MS, () => {
      const nodes = nodesOf(this.#stage.watcher);
      return nodes.length === 3 && nodes.every((node) => node.isReady && this.#isSeen(node));
    });
    for (const { pid } of nodesOf(this.#stage.watcher)) process.kill(pid, "SIGUSR2");
  }

  /** Every node halts for the plan, is swapped and passes its height. */
  async upgrade(): Promise<void> {
    await this.#until("every node to be swapped and to recover", UPGRADE_DEADLINE_MS, () => {
      const recovered = this.#halts(UPGRADE_REQUIRED).filter(({ phase }) => phase === "Recovered");
      return recovered.length >= 3 && nodesOf(this.#stage.watcher).every(({ isReady }) => isReady);
    });
  }

  /** The operator installs a release whose plan has not come; the controller goes back to the one that ran before. */
  async tooNew(): Promise<void> {
    const back = CHAIN.image(CHAIN.plan);
    await this.#until(`${PARTS.tooNew} to be seen at work with ${back}`, PART_DEADLINE_MS, () => {
      const record = this.#stage.watcher.records
        .values()
        .find(({ metadata }) => metadata.name === `${PARTS.tooNew}-0`);
      return JSON.stringify(record?.status ?? {}).includes(back);
    });
    await this.#setImage(PARTS.tooNew, CHAIN.tooNew);
    await this.#until(`${PARTS.tooNew} to be rolled back`, PART_DEADLINE_MS, () => {
      const node = this.#node(PARTS.tooNew);
      const isOver = this.#halts(BINARY_TOO_NEW).some(({ phase }) =>
        ["Recovered", "Paged", "Failed"].includes(phase),
      );
      return isOver && isImage(node.wantedImage, back) && isImage(node.podImage, back) && node.isReady;
    });
  }

  /** The operator installs an older release; resolves with the UID of the pod that halted. */
  async downgrade(): Promise<string> {
    await this.#setImage(PARTS.downgraded, CHAIN.before);
    await this.#until(`${PARTS.downgraded} to be paged`, PART_DEADLINE_MS, () =>
      this.#halts(DOWNGRADE_DETECTED).some(({ phase }) => phase === "Paged"),
    );
    await this.#until(`${PARTS.downgraded} to have ended`, PART_DEADLINE_MS, () => {
      return this.#node(PARTS.downgraded).exitCode === ShutdownReason.DowngradeDetected;
    });
    return this.#node(PARTS.downgraded).podUid;
  }

  /** A node's process panics (SIGQUIT ends a Go program with exit code 2). */
  async crash(): Promise<void> {
    const { node, pid } = this.#node(PARTS.crashing);
    this.#story.tell({
      kind: "operator-did",
      node,
      what: `sends SIGQUIT to process ${pid}, which ends it as a panic would`,
    });
    process.kill(pid, "SIGQUIT");
    await this.#until(`${node} to be restarted by the kubelet`, PART_DEADLINE_MS, () => {
      const now = this.#node(node);
      return now.restartCount === 1 && now.isReady;
    });
  }

  evidence(downgradedPodUid: string): Evidence {
    const { watcher, pages } = this.#stage;
    return {
      halts: haltsOf(watcher),
      nodes: nodesOf(watcher),
      pageKeys: [...pages.deliveries().keys()],
      downgradedPodUid,
    };
  }

  #isSeen({ node, podUid }: NodeView): boolean {
    const record = this.#stage.watcher.records.values().find(({ metadata }) => metadata.name === `${node}-0`);
    const height = numberAt(record, "status", "height") ?? 0;
    return stringAt(record, "status", "podUID") === podUid && height >= CHAIN.near;
  }

  #halts(reason: string) {
    return haltsOf(this.#stage.watcher).filter((halt) => halt.reason === reason);
  }

  #node(name: string): NodeView {
    const found = nodesOf(this.#stage.watcher).find(({ node }) => node === name);
    if (found === undefined) throw new Error(`StatefulSet ${name} is gone`);
    return found;
  }

  /** Sets the image, and deletes the pod where the set leaves that to its operator. */
  async #setImage(node: string, version: string): Promise<void> {
    const image = CHAIN.image(version);
    this.#story.tell({ kind: "operator-did", node, what: `installs ${version}` });
    const { client } = this.#stage;
    const patch = { spec: { template: { spec: { containers: [{ name: CONTAINER, image }] } } } };
    const set = await client.patch(pathOf(STATEFUL_SETS, NAMESPACE, node), "strategic", patch);
    const isManual = JSON.stringify(set.spec).includes('"OnDelete"');
    if (isManual) await client.delete(pathOf(PODS, NAMESPACE, `${node}-0`));
  }

  #until(what: string, deadlineMs: number, condition: () => boolean): Promise<void> {
    const { pods, sets, halts, records } = this.#stage.watcher;
    return waitFor([pods, sets, halts, records], condition, { what, deadlineMs, signal: this.#signal });
  }
}

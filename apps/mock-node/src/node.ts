import type { HaltIntent } from "@upgrade-halt/contract";
import { createHaltHolder, gracefulHalt, type HaltHolder, printLine } from "@upgrade-halt/producer";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { Block } from "./chain/block.ts";
import { BlockFeed } from "./chain/block-feed.ts";
import { Chain } from "./chain/chain.ts";
import { Consensus, type HaltDecision } from "./chain/consensus.ts";
import { failAtBlock } from "./faults.ts";
import { haltArtifacts, recordedHalt } from "./halt-artifacts.ts";
import type { Home } from "./home.ts";
import { type Legacy, legacyHalt } from "./legacy-halt.ts";
import { reasonOf } from "./mock-node-error.ts";
import { nodeView } from "./node-view.ts";
import type { NodeOptions } from "./options.ts";
import { listen } from "./rpc/listen.ts";
import { rpcServer } from "./rpc/server.ts";
import { handlersFor } from "./upgrade/handlers.ts";
import type { Plan } from "./upgrade/plan.ts";

const STDERR = 2;

/** What a node is given by the process that it runs in. */
export interface NodeSurroundings {
  readonly log: Logger;
  /** Aborts when the process is asked to stop. */
  readonly stopRequested: AbortSignal;
  /** Sends this process a signal. */
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly exit: (code: number) => void;
}

/** One node: its chain, its servers, and how they end. */
export class MockNode {
  readonly holder: HaltHolder = createHaltHolder(Date.now);
  readonly #blocks = new BlockFeed();
  readonly #options: NodeOptions;
  readonly #home: Home;
  readonly #around: NodeSurroundings;
  readonly #chain: Chain;
  readonly #consensus: Consensus;
  readonly #server: FastifyInstance;
  #isEnding = false;
  #isServing = false;

  constructor(options: NodeOptions, plans: readonly Plan[], home: Home, around: NodeSurroundings) {
    this.#options = options;
    this.#home = home;
    this.#around = around;
    this.#chain = this.#makeChain(plans);
    this.#consensus = this.#makeConsensus();
    this.#server = rpcServer(
      nodeView(options, home, this.holder, this.#blocks, around.log),
      around.log,
      options,
    );
    around.stopRequested.addEventListener("abort", () => void this.#stop(0));
  }

  /**
   * Announces the halt that an earlier run announced, or else replays what that run left; listens; makes blocks.
   * Resolves when the node listens, or when a halt is about to end the process. Rejects as `listen` does.
   */
  async run(): Promise<void> {
    const standing = recordedHalt(this.#home, this.#chain);
    if (standing === undefined) this.#consensus.replay();
    else this.#halt(standing.decision, standing.block, standing.intent);
    if (this.#isEnding) return;
    if (this.#around.stopRequested.aborted) return this.#stop(0);
    await listen(this.#server, this.#options);
    this.#isServing = true;
    this.#consensus.start();
  }

  /** Lets it past one of its `--hold-heights`. */
  goOn(): void {
    this.#consensus.goOn();
  }

  #makeChain(plans: readonly Plan[]): Chain {
    return new Chain({
      ...this.#options,
      ...this.#home,
      plans,
      handlers: handlersFor(this.#options, plans),
      skipHeights: new Set(this.#options.skipHeights),
      now: () => BigInt(Date.now()) * 1_000_000n,
    });
  }

  #makeConsensus(): Consensus {
    const { log, kill, exit } = this.#around;
    return new Consensus(this.#chain, this.#options, {
      onBegin: ({ height }) =>
        failAtBlock(height, this.#options, { kill, exit, print: (line) => printLine(STDERR, line) }),
      onApplied: (block) => this.#blocks.publish(block),
      onScheduled: (text) => log.error(text),
      onHalt: (decision, block) => this.#halt(decision, block),
      onLimit: (limit) => {
        log.info(`${limit}-height reached`);
        if (limit === "halt") kill("SIGINT");
      },
      onFailure: (cause) => {
        log.fatal(`no block could be made: ${reasonOf(cause)}`);
        void this.#stop(1);
      },
    });
  }

  #halt(decision: HaltDecision, block: Block, recorded?: HaltIntent): void {
    const { log, stopRequested, exit, kill } = this.#around;
    const { haltStayAlive, legacy, shutdownTimeoutMs, faultKillAfter } = this.#options;
    if (legacy !== undefined) {
      this.#haltUnannounced(legacy, decision, block);
      return;
    }
    void gracefulHalt({
      ...decision,
      holder: this.holder,
      ...(recorded !== undefined && { recorded }),
      artifacts: (intent) => haltArtifacts(this.#home, decision, block, intent),
      mode: haltStayAlive ? { kind: "stay-alive", stopRequested } : { kind: "exit" },
      log: () => log.error(decision.text),
      print: () => printLine(STDERR, decision.text),
      shutdown: {
        consensus: [{ name: "consensus", stop: () => this.#consensus.stop() }],
        servers: [{ name: "the RPC server", stop: () => this.#stopServer() }],
      },
      exit,
      onProblem: (message) => log.error(message),
      deadlineMs: shutdownTimeoutMs,
      onStep: (step) => step === faultKillAfter && kill("SIGKILL"),
    });
    this.#isEnding = !haltStayAlive || this.holder.snapshot() === undefined;
  }

  #haltUnannounced(legacy: Legacy, decision: HaltDecision, { height }: Block): void {
    const { log, exit } = this.#around;
    legacyHalt(legacy, this.#home, decision, height, {
      exit,
      print: (line) => printLine(STDERR, line),
      log: (message, fields = {}) => log.error(fields, message),
      isServing: this.#isServing,
    });
  }

  /** The way out of a node that has not halted. */
  async #stop(code: number): Promise<void> {
    if (this.#isEnding || this.holder.snapshot() !== undefined) return;
    this.#isEnding = true;
    this.#consensus.stop();
    await this.#stopServer();
    this.#around.exit(code);
  }

  async #stopServer(): Promise<void> {
    if (this.#options.faultHangShutdown) await new Promise<never>(() => {});
    await this.#server.close();
  }
}

import { HALT_INTENT_FIELD, type HaltIntent } from "@upgrade-halt/contract";
import type { HaltHolder } from "@upgrade-halt/producer";
import { appliedHeight, type NodeView, storedHeight } from "./node-view.ts";

/** What a scraper gets. */
export interface Metrics {
  /** Its media type. */
  readonly type: string;
  readonly text: string;
}

/** The node's metrics. `halt_intent_info` is there, and 1, only on a halted node. */
export async function renderMetrics(view: NodeView): Promise<Metrics> {
  // Loaded once somebody asks: many nodes are never scraped.
  const { Gauge, Registry } = await import("prom-client");
  const registry = new Registry();
  const tell = (name: string, help: string, labels: Readonly<Record<string, string>>, value: number) =>
    new Gauge({ name, help, labelNames: Object.keys(labels), registers: [registry] }).set(labels, value);
  const chain = { chain_id: view.chainId };
  tell("tendermint_consensus_height", "Height of the newest stored block.", chain, storedHeight(view));
  tell("mock_node_applied_height", "Height of the newest applied block.", chain, appliedHeight(view));
  const intent = intentOf(view.holder);
  if (intent !== undefined) {
    const { reason_string: reason, plan_name: plan = "" } = intent;
    tell(`${HALT_INTENT_FIELD}_info`, "1 while the node is halted, by reason and plan.", { reason, plan }, 1);
  }
  return { type: registry.contentType, text: await registry.metrics() };
}

/** A holder that fails costs its own gauge, and no other metric. */
function intentOf(holder: HaltHolder): HaltIntent | undefined {
  try {
    return holder.snapshot();
  } catch {
    return undefined;
  }
}

import { HALT_INTENT_FIELD, type HaltIntent } from "@upgrade-halt/contract";
import type { HaltHolder } from "@upgrade-halt/producer";
import { appliedHeight, type NodeView, storedHeight } from "./node-view.ts";

/** What a scraper is told the metrics' format is (Prometheus text format 0.0.4). */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The node's metrics. `halt_intent_info` is there, and 1, only on a halted node. */
export function renderMetrics(view: NodeView): string {
  const intent = intentOf(view.holder);
  const chain = labels({ chain_id: view.chainId });
  return [
    ...gauge("tendermint_consensus_height", "Height of the newest stored block.", chain, storedHeight(view)),
    ...gauge("mock_node_applied_height", "Height of the newest applied block.", chain, appliedHeight(view)),
    ...(intent === undefined
      ? []
      : gauge(
          `${HALT_INTENT_FIELD}_info`,
          "1 while the node is halted, by reason and plan.",
          labels({ reason: intent.reason_string, plan: intent.plan_name ?? "" }),
          1,
        )),
    "",
  ].join("\n");
}

/** A holder that fails costs its own gauge, and no other metric. */
function intentOf(holder: HaltHolder): HaltIntent | undefined {
  try {
    return holder.snapshot();
  } catch {
    return undefined;
  }
}

function gauge(name: string, help: string, labelText: string, value: number): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name}${labelText} ${value}`];
}

function labels(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return `{${pairs.join(",")}}`;
}

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

import type { Simulation } from "../episode/simulation.ts";
import {
  isControlledBy,
  type Json,
  PATHS,
  type Placement,
  pathOfObject,
  type StatefulSet,
} from "../server/objects.ts";
import { type Dice, pick } from "./dice.ts";

const HOSTNAME = "kubernetes.io/hostname";

const labelled = (...requirements: readonly Json[]) => ({ matchExpressions: requirements });
const hostname = (operator: string, ...values: readonly string[]) =>
  labelled({ key: HOSTNAME, operator, values });
const required = (...nodeSelectorTerms: readonly Json[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});
const selected = (name: string) => ({ nodeSelector: { [HOSTNAME]: name } });

/** What templates say of machines: that of the pods, by its name, in long or by a label of its own, others, or a pool of them. */
function placementsFor(machine: string): readonly Placement[] {
  const isThis = { matchFields: [{ key: "metadata.name", operator: "In", values: [machine] }] };
  const isOther = { matchFields: [{ key: "metadata.name", operator: "In", values: ["node-9"] }] };
  return [
    {},
    selected(machine),
    selected(`${machine}.example.org`),
    selected("node-9"),
    { nodeSelector: { pool: "validators" } },
    { ...selected("val-1"), nodeName: "" },
    { nodeName: "node-9" },
    required(hostname("In", "node-9", machine)),
    required(hostname("In", "node-9")),
    required(hostname("NotIn", "node-9")),
    required(hostname("NotIn", machine), isThis),
    required(isOther, labelled({ key: HOSTNAME, operator: "Exists" })),
    required(isOther),
    required(
      labelled({ key: "pool", operator: "Exists" }, { key: HOSTNAME, operator: "In", values: [machine] }),
    ),
  ];
}

/** Nodes that are tied to machines by their templates, as those are whose data lies on one. */
export const PLACEMENT_EVENTS = {
  "tie-to-machine": [
    3,
    ({ cluster }: Simulation, [a, b, c]: Dice) => {
      const set = pick(cluster.sets(), a);
      if (set === undefined) return;
      const placement = pick(placementsFor(`node-${set.metadata.name}-0`), b) ?? {};
      cluster.changeSet(set.metadata.name, (spec) => placedBy(spec, placement));
      const own = cluster.pods().filter(isControlledBy(set.metadata.uid));
      if (c < 0.5) for (const pod of own) cluster.server.remove("operator", pathOfObject(PATHS.pods, pod));
    },
  ],
} as const satisfies Record<
  string,
  readonly [weight: number, apply: (simulation: Simulation, dice: Dice) => void]
>;

/** Its pods have that once they are made anew. */
function placedBy(spec: StatefulSet["spec"], placement: Placement): StatefulSet["spec"] {
  const { containers, volumes, readinessGates } = spec.template.spec;
  const kept = { containers, ...(volumes && { volumes }), ...(readinessGates && { readinessGates }) };
  return { ...spec, template: { ...spec.template, spec: { ...kept, ...placement } } };
}

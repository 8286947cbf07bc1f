/** What of a pod or of its template says on which machines it may be, as the API server has it. */
export interface Placement {
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: {
    readonly nodeAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: {
        readonly nodeSelectorTerms?: readonly Term[];
      };
    };
  };
}

interface Term {
  readonly matchExpressions?: readonly Requirement[];
  readonly matchFields?: readonly Requirement[];
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

const HOSTNAME = "kubernetes.io/hostname";

const NAME = "metadata.name";

/**
 * The machine of the pod that a template makes in the place of `own`: the one that it names, or the pod's own where the template asks for
 * what the pod was asked for, or for that machine alone. Whatever else it asks for, it may be any: a label may be on many.
 */
export function machineOfNext(own: Placement, template: Placement): string | undefined {
  const { nodeName } = template;
  if (nodeName !== undefined && nodeName !== "") return nodeName;
  return isAsBefore(own, template) || namesMachineOf(own, template) ? own.nodeName : undefined;
}

/** What has to be kept of a pod for that. */
export function placementOf(own: Placement): Pick<Placement, "nodeSelector" | "affinity"> {
  const nodeSelector = own.nodeSelector ?? {};
  const nodeSelectorTerms = termsIn(own).map(plainTerm);
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return {
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector }),
    ...(nodeSelectorTerms.length > 0 && { affinity: { nodeAffinity: required } }),
  };
}

function isAsBefore(own: Placement, template: Placement): boolean {
  return textOf(own) === textOf(template);
}

function textOf(placement: Placement): string {
  const labels = Object.entries(placement.nodeSelector ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([labels, termsIn(placement).map(plainTerm)]);
}

function termsIn({ affinity }: Placement): readonly Term[] {
  return affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
}

function plainTerm({ matchExpressions = [], matchFields = [] }: Term): Term {
  return {
    ...(matchExpressions.length > 0 && { matchExpressions: matchExpressions.map(plain) }),
    ...(matchFields.length > 0 && { matchFields: matchFields.map(plain) }),
  };
}

function plain({ key, operator, values }: Requirement): Requirement {
  return { key, operator, ...(values !== undefined && { values }) };
}

/** Whether the template asks for one machine by its name or label, and the pod is on that, or was asked for the same. */
function namesMachineOf(own: Placement, template: Placement): boolean {
  const present = own.nodeName;
  const label = labelIn(own) ?? labelInEach(termsIn(own)) ?? present;
  const selected = labelIn(template);
  if (selected !== undefined) return isOneOf(label, [selected]);
  const terms = termsIn(template);
  return (
    terms.length > 0 &&
    terms.every(
      ({ matchExpressions, matchFields }) =>
        isOneOf(label, [onlyValue(matchExpressions, HOSTNAME)]) ||
        isOneOf(present, [onlyValue(matchFields, NAME)]),
    )
  );
}

function labelIn({ nodeSelector }: Placement): string | undefined {
  return nodeSelector?.[HOSTNAME];
}

/** The label that each of the terms asks for. */
function labelInEach(terms: readonly Term[]): string | undefined {
  const [first, ...others] = terms.map(({ matchExpressions }) => onlyValue(matchExpressions, HOSTNAME));
  return others.every((other) => other === first) ? first : undefined;
}

/** The one value that a requirement allows for this key. */
function onlyValue(requirements: readonly Requirement[] = [], key: string): string | undefined {
  return requirements.find((one) => one.key === key && one.operator === "In" && one.values?.length === 1)
    ?.values?.[0];
}

/** Whether the machine is one of these names. A label may have the short form of a name. */
function isOneOf(machine: string | undefined, names: readonly (string | undefined)[]): boolean {
  if (machine === undefined) return false;
  const isShortOf = (one: string, other: string) => other.startsWith(`${one}.`);
  return names.some(
    (name) =>
      name !== undefined && (name === machine || isShortOf(name, machine) || isShortOf(machine, name)),
  );
}

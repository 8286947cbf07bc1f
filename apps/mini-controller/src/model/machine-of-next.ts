/** What of a pod's template says on which machines its pods may be, as the API server has it. */
interface Placement {
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

/**
 * The machine of the pod that a template makes in the place of one on `present`: that one, unless the template names machines and it is
 * none of them. Then it is the one that `nodeName` says, or may be any.
 */
export function machineOfNext(present: string | undefined, template: Placement): string | undefined {
  const { nodeName, nodeSelector, affinity } = template;
  if (nodeName !== undefined && nodeName !== "") return nodeName;
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const isKept =
    isOneOf(present, [nodeSelector?.[HOSTNAME] ?? []].flat()) &&
    (terms === undefined || terms.length === 0 || terms.some((term) => takes(term, present)));
  return isKept ? present : undefined;
}

/** Whether the machine is one of these names, if there are any. A label may have the short form of a name. */
function isOneOf(machine: string | undefined, names: readonly string[]): boolean {
  if (names.length === 0) return true;
  if (machine === undefined) return false;
  const isShortOf = (one: string, other: string) => other.startsWith(`${one}.`);
  return names.some((name) => name === machine || isShortOf(name, machine) || isShortOf(machine, name));
}

/** Whether a term takes the machine by name. What else it asks for is not known of a machine. */
function takes({ matchExpressions = [], matchFields = [] }: Term, machine: string | undefined): boolean {
  const named = [
    ...matchExpressions.filter(({ key }) => key === HOSTNAME),
    ...matchFields.filter(({ key }) => key === "metadata.name"),
  ];
  return named.every(({ operator, values = [] }) => {
    if (operator === "In") return values.length > 0 && isOneOf(machine, values);
    return operator !== "NotIn" || values.length === 0 || !isOneOf(machine, values);
  });
}

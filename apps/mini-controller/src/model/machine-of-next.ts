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

/**
 * The machine of the pod that a template makes in the place of `own`: that one's, unless the template names machines and it is
 * none of them. Then it is the one that `nodeName` says, or may be any. What asks for no more than the pod itself holds of its machine,
 * which may have another label than its name.
 */
export function machineOfNext(own: Placement, template: Placement): string | undefined {
  const { nodeName } = template;
  if (nodeName !== undefined && nodeName !== "") return nodeName;
  const present = own.nodeName;
  const label = labelIn(own) ?? present;
  const asked = labelIn(template);
  const terms = termsIn(template);
  const isKept =
    (asked === undefined || isOneOf(label, [asked])) &&
    (terms.length === 0 ||
      isImplied(terms, termsIn(own)) ||
      terms.some((term) => takes(term, { present, label })));
  return isKept ? present : undefined;
}

/** What has to be kept of a pod for that: nothing, unless it names the label of its machine. A field has the machine's name itself. */
export function placementOf(own: Placement): Pick<Placement, "nodeSelector" | "affinity"> {
  const name = labelIn(own);
  const terms = termsIn(own).map(namingPart);
  const isLabelled = terms.some(({ matchExpressions = [] }) => matchExpressions.length > 0);
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } };
  return {
    ...(name !== undefined && { nodeSelector: { [HOSTNAME]: name } }),
    ...(isLabelled && { affinity: { nodeAffinity: required } }),
  };
}

function labelIn({ nodeSelector }: Placement): string | undefined {
  return nodeSelector?.[HOSTNAME];
}

function termsIn({ affinity }: Placement): readonly Term[] {
  return affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
}

/** What of a term names machines. What else it asks for is not known of one. */
function namingPart({ matchExpressions = [], matchFields = [] }: Term): Term {
  const labels = matchExpressions.filter(({ key }) => key === HOSTNAME).map(plain);
  const fields = matchFields.filter(({ key }) => key === "metadata.name").map(plain);
  return {
    ...(labels.length > 0 && { matchExpressions: labels }),
    ...(fields.length > 0 && { matchFields: fields }),
  };
}

function plain({ key, operator, values }: Requirement): Requirement {
  return { key, operator, ...(values !== undefined && { values }) };
}

/** Whether what satisfies one of the pod's own terms satisfies one of these: a webhook may have added to the pod's. */
function isImplied(terms: readonly Term[], own: readonly Term[]): boolean {
  const ofTemplate = terms.map(requirementsIn);
  return (
    own.length > 0 &&
    own
      .map(requirementsIn)
      .every((had) => ofTemplate.some((asked) => asked.every((one) => had.includes(one))))
  );
}

function requirementsIn(term: Term): readonly string[] {
  return Object.entries(namingPart(term)).flatMap(([kind, requirements = []]) =>
    requirements.map((requirement: Requirement) => `${kind} ${JSON.stringify(requirement)}`),
  );
}

/** Whether the machine is one of these names. A label may have the short form of a name. */
function isOneOf(machine: string | undefined, names: readonly string[]): boolean {
  if (machine === undefined) return false;
  const isShortOf = (one: string, other: string) => other.startsWith(`${one}.`);
  return names.some((name) => name === machine || isShortOf(name, machine) || isShortOf(machine, name));
}

/** Whether a term takes the machine by its name or label. */
function takes(
  term: Term,
  { present, label }: { readonly present: string | undefined; readonly label: string | undefined },
): boolean {
  const { matchExpressions = [], matchFields = [] } = namingPart(term);
  const holds = (machine: string | undefined, { operator, values = [] }: Requirement) => {
    if (operator === "In") return isOneOf(machine, values);
    return operator !== "NotIn" || !isOneOf(machine, values);
  };
  return (
    matchExpressions.every((requirement) => holds(label, requirement)) &&
    matchFields.every((requirement) => holds(present, requirement))
  );
}

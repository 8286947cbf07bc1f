import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const DEPLOY = new URL("../../deploy/", import.meta.url);
/** The folder of the Helm chart. */
export const CHART = fileURLToPath(new URL("chart/", DEPLOY));

const LABEL = "app.kubernetes.io/part-of: upgrade-halt";
const NAMESPACE = "upgrade-halt-system";

/** Changes the text of a manifest into the text of a template. */
type Edit = (text: string) => string;

interface Template {
  /** The manifest that it is made from, below `deploy/`. */
  readonly from: string;
  /** The value that must be true for it to be rendered. */
  readonly when?: string;
  readonly edits?: readonly Edit[];
}

/**
 * The chart's templates are the manifests of the kustomization with values in their places, so there is one source of
 * both. By file name under `templates/`.
 */
const TEMPLATES: Readonly<Record<string, Template>> = {
  "crds/haltpolicies.yaml": { from: "crds/haltpolicies.yaml", when: "crds.enabled", edits: [kept] },
  "crds/nodehalts.yaml": { from: "crds/nodehalts.yaml", when: "crds.enabled", edits: [kept] },
  "crds/noderecords.yaml": { from: "crds/noderecords.yaml", when: "crds.enabled", edits: [kept] },
  "rbac/service-account.yaml": { from: "rbac/service-account.yaml", edits: [labelled, placed] },
  "rbac/leader.yaml": { from: "rbac/leader.yaml", edits: [labelled, placed] },
  "rbac/read.yaml": { from: "rbac/read.yaml", edits: [labelled, scoped, placed] },
  "rbac/act.yaml": { from: "rbac/act.yaml", edits: [labelled, scoped, placed] },
  "rbac/secrets.yaml": { from: "rbac/secrets.yaml", edits: [labelled, scoped, placed] },
  "rbac/logs.yaml": { from: "logs/rbac.yaml", when: "logs.enabled", edits: [labelled, scoped, placed] },
  "rbac/seinodes.yaml": {
    from: "seinodes/rbac.yaml",
    when: "seinodes.enabled",
    edits: [labelled, scoped, placed],
  },
  "rbac/seinetworks.yaml": {
    from: "seinetworks/rbac.yaml",
    when: "seinetworks.enabled",
    edits: [labelled, scoped, placed],
  },
  "admission/policy-authors.yaml": {
    from: "admission/policy-authors.yaml",
    when: "admission.enabled",
    edits: [labelled, narrowed],
  },
  "admission/journals.yaml": {
    from: "admission/journals.yaml",
    when: "admission.enabled",
    edits: [
      labelled,
      narrowed,
      replaced(/(serviceaccount:)upgrade-halt-system(?=:)/g, "$1{{ .Release.Namespace }}"),
    ],
  },
  "deployment.yaml": { from: "deployment.yaml", edits: [labelled, placed, configured] },
  "service.yaml": { from: "service.yaml", edits: [labelled, placed] },
  "network-policy.yaml": {
    from: "network-policy.yaml",
    when: "networkPolicy.enabled",
    edits: [labelled, placed, opened],
  },
  "pod-disruption-budget.yaml": {
    from: "pod-disruption-budget.yaml",
    when: "podDisruptionBudget.enabled",
    edits: [labelled, placed],
  },
  "monitoring/service-monitor.yaml": {
    from: "monitoring/service-monitor.yaml",
    when: "monitoring.serviceMonitor.enabled",
    edits: [labelled, placed, selectedBy("monitoring.serviceMonitor")],
  },
};

/** Files of the chart that are made from others under `deploy/`, by their path in the chart. */
export function chartFiles(): Readonly<Record<string, string>> {
  const templates = Object.entries(TEMPLATES).map(([file, template]) => [
    `templates/${file}`,
    rendered(template),
  ]);
  return {
    ...Object.fromEntries(templates),
    // What Helm would take for templates of its own: these have braces of their own.
    "files/alert-rules.yaml": manifestIn("monitoring/alert-rules.yaml"),
    "files/dashboard.json": read("monitoring/dashboard.json"),
  };
}

/** `deploy/monitoring/prometheus-rule.yaml`: the rules as the Prometheus operator takes them. */
export function prometheusRule(): string {
  const rules = manifestIn("monitoring/alert-rules.yaml");
  return `# Made from alert-rules.yaml.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: mini-controller
  namespace: ${NAMESPACE}
spec:
${rules.replaceAll(/^(?=.)/gm, "  ")}`;
}

function read(file: string): string {
  return readFileSync(new URL(file, DEPLOY), "utf8");
}

/** A manifest without the comment that it begins with. */
function manifestIn(file: string): string {
  return read(file).replace(/^(#.*\n)+/, "");
}

function rendered({ from, when, edits = [] }: Template): string {
  const manifest = manifestIn(from);
  const text = edits.reduce((edited, edit) => edit(edited), manifest);
  const source = `{{- /* Made from deploy/${from}. */ -}}\n`;
  return when === undefined ? `${source}${text}` : `${source}{{- if .Values.${when} }}\n${text}{{- end }}\n`;
}

/** An edit that must find something to change, so that a manifest that changes its form is noticed. */
function replaced(what: RegExp, by: string): Edit {
  return (text) => {
    const edited = text.replace(what, by);
    if (edited === text) throw new Error(`nothing is like ${what} in:\n${text}`);
    return edited;
  };
}

function all(...edits: readonly Edit[]): Edit {
  return (text) => edits.reduce((edited, edit) => edit(edited), text);
}

/** Gives each object the label that the kustomization gives it. */
function labelled(text: string): string {
  return replaced(
    /^metadata:\n((?: {2}name(?:space)?: .*\n)+)(?: {2}labels:\n)?/gm,
    `metadata:\n$1  labels:\n    ${LABEL}\n`,
  )(text);
}

/** Puts what has a namespace into the release's. */
function placed(text: string): string {
  return replaced(/namespace: upgrade-halt-system$/gm, "namespace: {{ .Release.Namespace }}")(text);
}

/** Uninstalling must not take the journals along, nor must an upgrade that no longer has the definitions. */
function kept(text: string): string {
  return replaced(/^metadata:\n/m, "metadata:\n  annotations:\n    helm.sh/resource-policy: keep\n")(text);
}

/** A ClusterRole, or a Role of the one namespace that is watched. */
function scoped(text: string): string {
  const metadata = /^(kind: )ClusterRole(Binding)?\nmetadata:\n( {2}name: .*\n)/gm;
  return all(
    replaced(
      metadata,
      '$1{{ include "upgrade-halt.role" . }}$2\nmetadata:\n$3{{- with .Values.watchNamespace }}\n  namespace: {{ . }}\n{{- end }}\n',
    ),
    replaced(/^( {2}kind: )ClusterRole$/gm, '$1{{ include "upgrade-halt.role" . }}'),
  )(text);
}

/** A policy that asks about the watched namespace alone, under a name of its own, so that others can have theirs. */
function narrowed(text: string): string {
  return all(
    replaced(/^( {2}(?:name|policyName): upgrade-halt-.*)$/gm, '$1{{ include "upgrade-halt.suffix" . }}'),
    replaced(
      /^ {2}matchConstraints:\n/m,
      `  matchConstraints:
{{- with .Values.watchNamespace }}
    namespaceSelector:
      matchLabels:
        kubernetes.io/metadata.name: {{ . }}
{{- end }}
`,
    ),
  )(text);
}

function opened(text: string): string {
  return replaced(
    /(?: {8}- port: \d+\n)+$/,
    `        - port: 53
{{- range .Values.networkPolicy.egressPorts }}
        - port: {{ . }}
{{- end }}
`,
  )(text);
}

/** The labels by which an operator that watches finds an object. */
function selectedBy(values: string): Edit {
  return replaced(
    new RegExp(`^    ${LABEL}\n`, "m"),
    `    ${LABEL}\n{{- with .Values.${values}.labels }}\n    {{- toYaml . | nindent 4 }}\n{{- end }}\n`,
  );
}

function configured(text: string): string {
  return all(
    replaced(/replicas: 2$/m, "replicas: {{ .Values.replicas }}"),
    replaced(
      /^( +)image: mini-controller\n/m,
      `$1image: {{ include "upgrade-halt.image" . }}
{{- with .Values.image.pullPolicy }}
$1imagePullPolicy: {{ . }}
{{- end }}
`,
    ),
    replaced(
      /^( +)# Receivers.*\n +- --paging-hosts=.*\n/m,
      `{{- with .Values.watchNamespace }}
$1- --namespace={{ . }}
{{- end }}
$1# Receivers that policies may page: [http://]host[:port], comma-separated.
$1- {{ printf "--paging-hosts=%s" (join "," .Values.pagingHosts) | quote }}
`,
    ),
    replaced(/^( +resources:)\n(?: {12,}.*\n)+/m, "$1 {{- toYaml .Values.resources | nindent 12 }}\n"),
    replaced(
      /^( +)(serviceAccountName: .*\n)/m,
      `$1$2${["imagePullSecrets", "nodeSelector", "tolerations", "affinity"]
        .map((name) => `{{- with .Values.${name} }}\n$1${name}: {{- toYaml . | nindent 8 }}\n{{- end }}\n`)
        .join("")}`,
    ),
  )(text);
}

import { expect, test } from "vitest";
import type { Check, Finding } from "../finding.ts";
import { clusterFindings } from "./findings.ts";
import { clusterObjects } from "./objects.ts";

const DIGEST = `sei@sha256:${"0".repeat(64)}`;
const owner = (kind: string, name: string) => [
  { apiVersion: "apps/v1", kind, name, uid: "1", controller: true },
];
const metadata = (name: string, rest: object = {}) => ({
  name,
  namespace: "sei",
  labels: { app: "sei" },
  ...rest,
});
const RULES = {
  restartPolicy: "Never",
  restartPolicyRules: [{ action: "Restart", exitCodes: { operator: "NotIn", values: [70, 71, 72] } }],
};
const CONTAINER = {
  name: "seid",
  command: ["upgrade-halt", "exec", "--announce", "--home", "/sei", "--policy", "/p.json", "--", "seid"],
  args: ["start"],
  ports: [{ name: "rpc", containerPort: 26657 }],
  terminationMessagePolicy: "FallbackToLogsOnError",
  ...RULES,
};
const HELD = {
  command: ["upgrade-halt", "exec", "--hold", "--", "seid"],
  restartPolicy: "Always",
  restartPolicyRules: [],
};
const SPEC = {
  selector: { matchLabels: { app: "sei" } },
  container: "seid",
  chainId: "pacific-1",
  paging: [{}],
  upgrades: [{ planName: "v6.7", height: 100, image: DIGEST }],
};

interface Changes {
  readonly container?: object;
  readonly containers?: readonly object[];
  readonly initContainers?: readonly object[];
  readonly pod?: object;
  readonly state?: object;
  readonly lastState?: object;
  readonly spec?: object;
  readonly set?: object;
  readonly record?: object;
  readonly without?: string;
  readonly more?: readonly object[];
}

/** A cluster that is ready, but for these changes. */
function cluster(changes: Changes): unknown {
  const { container, containers, initContainers, pod, spec, set, record, without, more = [] } = changes;
  const { state = { running: {} }, lastState = {} } = changes;
  const items = [
    { kind: "HaltPolicy", metadata: metadata("sei"), spec: { ...SPEC, ...spec } },
    { kind: "StatefulSet", metadata: metadata("sei", set), spec: {} },
    {
      kind: "Pod",
      metadata: metadata("sei-0", { ownerReferences: owner("StatefulSet", "sei"), ...pod }),
      spec: {
        restartPolicy: "Always",
        containers: containers ?? [{ ...CONTAINER, ...container }, { name: "pause" }],
        initContainers,
      },
      status: { containerStatuses: [{ name: "seid", state, lastState }] },
    },
    {
      kind: "NodeRecord",
      metadata: metadata("sei-0"),
      spec: { node: "sei-0" },
      status: { chainId: "pacific-1", height: 50, ...record },
    },
  ];
  return { kind: "List", items: [...items.filter(({ kind }) => kind !== without), ...more] };
}

const findingsFor = (changes: Changes) => clusterFindings(clusterObjects(cluster(changes)));

test("a cluster that is ready has nothing to do", () => {
  expect(findingsFor({}).filter(({ state }) => state === "todo")).toEqual([]);
  expect(
    findingsFor({})
      .filter(({ state }) => state === "not-checked")
      .map(({ check }) => check),
  ).toEqual(["upgrade", "image"]);
});

const deployment = (strategy: object, replicas = 1, target = "Deployment"): Changes => ({
  spec: { target: { kind: target } },
  pod: { ownerReferences: owner("ReplicaSet", "sei-1") },
  more: [
    { kind: "ReplicaSet", metadata: metadata("sei-1", { ownerReferences: owner("Deployment", "sei") }) },
    { kind: "Deployment", metadata: metadata("sei"), spec: { replicas, strategy } },
  ],
});

const CASES: readonly [string, Changes, Check, Finding["state"], RegExp][] = [
  [
    "a second container that ends as well",
    { containers: [CONTAINER, { name: "once", restartPolicy: "Never" }] },
    "halt",
    "not-checked",
    /its StatefulSet recreates the pod once its other containers have ended as well/,
  ],
  [
    "an announcer that asks another port than the node's",
    { container: { ports: [{ name: "rpc", containerPort: 36657 }] } },
    "status",
    "todo",
    /asks for the node's height at port 26657, and its port rpc is 36657/,
  ],
  ["no policy", { without: "HaltPolicy" }, "policy", "todo", /No HaltPolicy was given/],
  ["no pod", { without: "Pod" }, "process", "todo", /No pod was given/],
  [
    "a policy that selects nothing",
    { spec: { selector: { matchLabels: { app: "other" } } } },
    "policy",
    "todo",
    /governs no pod/,
  ],
  [
    "a policy of an expression",
    {
      spec: {
        selector: {
          matchExpressions: [
            { key: "app", operator: "In", values: ["sei"] },
            { key: "x", operator: "DoesNotExist" },
          ],
        },
      },
    },
    "policy",
    "ok",
    /governs 1 /,
  ],
  ["a policy of another namespace", { pod: { namespace: "other" } }, "policy", "todo", /governs no pod/],
  ["a policy without a chain", { spec: { chainId: undefined } }, "policy", "todo", /names no chain/],
  ["a node on another chain", { record: { chainId: "atlantic-2" } }, "policy", "todo", /seen on atlantic-2/],
  ["a chain that was not seen", { without: "NodeRecord" }, "policy", "not-checked", /no NodeRecord/],
  ["a paused policy", { spec: { paused: true } }, "policy", "todo", /paused/],
  ["a dry run", { spec: { dryRun: true } }, "policy", "todo", /dry run/],
  ["a policy that pages nobody", { spec: { paging: [] } }, "policy", "todo", /pages nobody/],
  [
    "an upgrade without a height",
    { spec: { upgrades: [{ planName: "v6.8", image: DIGEST }] } },
    "upgrade",
    "todo",
    /v6\.8 is listed without a height/,
  ],
  ["nothing ahead", { record: { height: 101 } }, "upgrade", "todo", /no upgrade ahead/],
  [
    "a policy that does not fit",
    { spec: { container: 7 } },
    "policy",
    "todo",
    /HaltPolicy sei: spec\.container/,
  ],
  ["a container that is not there", { spec: { container: "sied" } }, "process", "todo", /no container sied/],
  [
    "a node that is a native sidecar",
    { containers: [{ name: "pause" }], initContainers: [{ ...CONTAINER, ...HELD, restartPolicy: "Always" }] },
    "halt",
    "ok",
    /would not be started again/,
  ],
  [
    "a container that ends before the others start",
    { containers: [{ name: "pause" }], initContainers: [{ ...CONTAINER, restartPolicy: undefined }] },
    "process",
    "todo",
    /no container seid/,
  ],
  ["no port for the RPC", { container: { ports: [] } }, "status", "todo", /names no port rpc/],
  [
    "a pod that restarts anything",
    { container: { restartPolicy: undefined, restartPolicyRules: undefined } },
    "halt",
    "ok",
    /After 70, 71, 72 .* until the controller or a person acts, and after 72 a person alone/,
  ],
  [
    "a node that halted for a downgrade",
    { state: { terminated: { exitCode: 72 } } },
    "process",
    "todo",
    /ended with 72 \(downgrade_detected\): the controller pages, and never/,
  ],
  [
    "a node that halts for a downgrade again and again",
    { state: { waiting: {} }, lastState: { terminated: { exitCode: 72 } } },
    "process",
    "todo",
    /ended with 72/,
  ],
  [
    "a node that is too new",
    { state: { terminated: { exitCode: 71 } } },
    "process",
    "todo",
    /ended with 71 \(binary_too_new\): the controller pages/,
  ],
  [
    "a node that halted for what is not known yet",
    { state: { terminated: { exitCode: 75 } } },
    "process",
    "todo",
    /ended with 75 \(reserved for halts to come\)/,
  ],
  [
    "a node that halted for its upgrade, ungoverned",
    { without: "HaltPolicy", containers: [CONTAINER], state: { terminated: { exitCode: 70 } } },
    "process",
    "todo",
    /ended with 70 \(upgrade_required\)\.$/,
  ],
  [
    "a node that halted for a downgrade among several containers, ungoverned",
    { without: "HaltPolicy", state: { terminated: { exitCode: 72 } } },
    "process",
    "todo",
    /^Its container seid ended with 72 \(downgrade_detected\)\.$/,
  ],
  [
    "a node that halted for its upgrade",
    { state: { terminated: { exitCode: 70 } } },
    "process",
    "not-checked",
    /the controller sets the listed image, or pages/,
  ],
  [
    "a node that runs again after a halt",
    { lastState: { terminated: { exitCode: 72 } } },
    "process",
    "not-checked",
    /ended with 72 .*, and runs again/,
  ],
  [
    "a pod that restarts anything, ungoverned",
    {
      without: "HaltPolicy",
      containers: [{ ...CONTAINER, restartPolicy: undefined, restartPolicyRules: undefined }],
    },
    "halt",
    "todo",
    /for ever/,
  ],
  [
    "a rule that forgets 72",
    {
      without: "HaltPolicy",
      containers: [
        {
          ...CONTAINER,
          restartPolicyRules: [{ action: "Restart", exitCodes: { operator: "NotIn", values: [70, 71] } }],
        },
      ],
    },
    "halt",
    "todo",
    /^After 72 its/,
  ],
  [
    "the only container of a StatefulSet",
    { containers: [CONTAINER] },
    "halt",
    "todo",
    /recreates a pod that failed/,
  ],
  [
    "exec --hold",
    {
      container: HELD,
    },
    "halt",
    "ok",
    /would not be started again/,
  ],
  [
    "a held node whose liveness asks what a halt does not answer",
    { container: { ...HELD, livenessProbe: { httpGet: { path: "/lag_status", port: "rpc" } } } },
    "halt",
    "todo",
    /its livenessProbe would have the container started again/,
  ],
  [
    "a held node whose liveness asks another port",
    { container: { ...HELD, livenessProbe: { tcpSocket: { port: 9090 } } } },
    "halt",
    "todo",
    /answers \/status and \/health at port 26657 alone/,
  ],
  [
    "a held node whose startup is asked by gRPC",
    { container: { ...HELD, startupProbe: { grpc: { port: 26657 } } } },
    "halt",
    "todo",
    /its startupProbe would/,
  ],
  [
    "a held node whose liveness is a program's",
    { container: { ...HELD, livenessProbe: { exec: { command: ["true"] } } } },
    "halt",
    "not-checked",
    /it runs a program/,
  ],
  [
    "a held node whose liveness is asked at /health",
    { container: { ...HELD, livenessProbe: { httpGet: { path: "/health", port: 26657 } } } },
    "halt",
    "ok",
    /would not be started again/,
  ],
  [
    "a rule that is not known",
    {
      container: { restartPolicyRules: [{ action: "Explode", exitCodes: { operator: "In", values: [70] } }] },
    },
    "halt",
    "todo",
    /not understood/,
  ],
  [
    "a pod that restarts no crash",
    { container: { restartPolicyRules: [] } },
    "crash",
    "todo",
    /would stay down/,
  ],
  [
    "rules that restart some crashes alone",
    {
      container: {
        restartPolicyRules: [{ action: "Restart", exitCodes: { operator: "In", values: [1, 2] } }],
      },
    },
    "crash",
    "todo",
    /^A crash that ends with 134, 137 and 139 would stay down\.$/,
  ],
  [
    "an init that turns a crash into 0, under OnFailure",
    {
      container: {
        command: ["tini", "-e", "2", "--", "seid", "start"],
        restartPolicy: "OnFailure",
        restartPolicyRules: [],
      },
    },
    "crash",
    "todo",
    /^A crash that ends with 2 would stay down\.$/,
  ],
  [
    "a pipe that hides a crash, under OnFailure",
    {
      container: {
        command: ["sh", "-c", "seid start | tee /log"],
        args: [],
        restartPolicy: "OnFailure",
        restartPolicyRules: [],
      },
    },
    "crash",
    "todo",
    /may hide its exit code/,
  ],
  [
    "a pipe that hides a crash, where all but a halt restarts",
    { container: { command: ["sh", "-c", "seid start | tee /log"], args: [] } },
    "crash",
    "ok",
    /would be started again/,
  ],
  [
    "an entry point that was not seen, under OnFailure",
    { container: { command: undefined, restartPolicy: "OnFailure", restartPolicyRules: [] } },
    "crash",
    "not-checked",
    /entry point was not looked into/,
  ],
  [
    "a crash under a rule that is not known",
    {
      container: {
        restartPolicyRules: [{ action: "Explode", exitCodes: { operator: "In", values: [137] } }],
      },
    },
    "crash",
    "todo",
    /^A crash that ends with 1, 2, 134 and 139 would stay down/,
  ],
  [
    "a termination message without the log",
    { container: { terminationMessagePolicy: "File" } },
    "evidence",
    "todo",
    /halt line/,
  ],
  ...(["evidence", "contract"] as const).map((check): (typeof CASES)[number] => [
    `output past exec: ${check}`,
    {
      container: {
        command: [...CONTAINER.command.slice(0, -1), "sh", "-c", "exec seid start >> /log/seid 2>&1"],
        args: [],
      },
    },
    check,
    "todo",
    /output goes to \/log\/seid/,
  ]),
  [
    "a node that announces nothing",
    { container: { command: undefined } },
    "contract",
    "todo",
    /entry point was not seen/,
  ],
  [
    "an announcer without a policy",
    { container: { command: ["upgrade-halt", "exec", "--announce", "--", "seid"] } },
    "contract",
    "todo",
    /without a policy, so it announces no upgrade/,
  ],
  [
    "an announcer without the node's home",
    { container: { command: ["upgrade-halt", "exec", "--announce", "--policy", "/p.json", "--", "seid"] } },
    "contract",
    "todo",
    /without the node's home/,
  ],
  [
    "a node whose halts are inferred",
    { container: { command: undefined } },
    "contract",
    "todo",
    /only pages for a halt that is inferred/,
  ],
  [
    "a policy that ignores inferred halts",
    { container: { command: undefined }, spec: { inferredHalts: "Ignore" } },
    "contract",
    "todo",
    /ignores halts that are inferred/,
  ],
  [
    "several containers and no policy",
    { without: "HaltPolicy" },
    "process",
    "not-checked",
    /several containers/,
  ],
  ["a StatefulSet", {}, "process", "ok", /StatefulSet sei owns it/],
  [
    "a StatefulSet under a policy for a Deployment",
    { spec: { target: { kind: "Deployment" } } },
    "process",
    "todo",
    /has a Deployment changed, so the controller refuses/,
  ],
  [
    "a Deployment under a policy for a StatefulSet",
    deployment({ type: "Recreate" }, 1, "StatefulSet"),
    "process",
    "todo",
    /has a StatefulSet changed, so the controller refuses/,
  ],
  ["a Deployment of three", deployment({ type: "Recreate" }, 3), "process", "todo", /has several replicas/],
  ["a pod of nobody", { pod: { ownerReferences: [] } }, "process", "todo", /owns it/],
  [
    "a set of a custom resource",
    { set: { ownerReferences: owner("SeiNode", "sei") } },
    "process",
    "todo",
    /managed by SeiNode sei/,
  ],
  [
    "a set of Argo CD",
    { set: { annotations: { "argocd.argoproj.io/tracking-id": "sei" } } },
    "process",
    "todo",
    /managed by Argo CD/,
  ],
  [
    "a Deployment that overlaps",
    deployment({ type: "RollingUpdate" }),
    "process",
    "todo",
    /two pods at a time/,
  ],
  [
    "a Deployment that recreates",
    deployment({ type: "Recreate" }),
    "process",
    "ok",
    /Deployment sei owns it/,
  ],
];

test.each(CASES)("%s", (_, changes, check, state, found) => {
  const findings = findingsFor(changes);
  const told = findings.filter((finding) => finding.check === check && found.test(finding.found));
  expect(
    told.map((finding) => finding.state),
    JSON.stringify(findings),
  ).toContain(state);
});

test("of a node that is too new nobody is sent back to an image that may be older than the data", () => {
  const findings = findingsFor({ state: { terminated: { exitCode: 71 } } });
  expect(findings.find(({ check }) => check === "process")).toMatchObject({
    todo: "Find out which release applied the last plan, and start that one: docs/guides/alerts.md.",
  });
});

test.each(["ReplicaSet", "DaemonSet", "Job"])("the only container of a %s is made anew", (kind) => {
  const findings = findingsFor({ containers: [CONTAINER], pod: { ownerReferences: owner(kind, "sei") } });
  const halt = findings.find(({ check }) => check === "halt");
  expect(halt).toMatchObject({ state: "todo" });
  expect(halt?.found).toContain(`its ${kind} recreates a pod that failed`);
});

test.each([
  ["at another port than the controller asks", ["--rpc", "tcp://127.0.0.1:36657"], ["todo"]],
  ["where the controller asks", ["--rpc", "tcp://127.0.0.1:26657"], []],
  ["where the controller asks by default", [], []],
])("a halt that exec serves %s", (_, rpc, states) => {
  for (const keep of [["--hold"], ["--announce", "--stay-alive"]]) {
    const command = ["upgrade-halt", "exec", ...keep, ...rpc, "--", "seid"];
    const findings = findingsFor({ container: { command } }).filter(({ check }) => check === "status");
    expect(findings.map(({ state }) => state)).toEqual(states);
  }
});

test.each([
  ["/entry.sh"],
  ["su", "-c", "seid start | tee x", "sei"],
  ["sudo", "-b", "seid", "start"],
  ["setsid", "-f", "seid", "start"],
  ["script", "-q", "-c", "seid start", "/dev/null"],
  ["screen", "-D", "-m", "seid", "start"],
  ["xargs", "-a", "x", "seid", "start"],
  ["tini", "--", "/entry.sh", "start"],
  ["gosu", "sei", "/entry.sh", "start"],
  ["supervisord", "start"],
  ["seid-supervised", "start"],
  ["/usr/local/bin/run-seid-forked", "start"],
  ["start-node", "start"],
  ["run_seid", "start"],
  ["flockd", "seid-supervised", "start"],
  ["sudo", "-u", "seid", "seid-supervised", "start"],
  ["upgrade-halt", "exec", "--announce", "--", "seid-supervised", "start"],
  ["restartd", "start", "seid", "start"],
  ["upgrade-halt", "exec", "--announce", "--", "/entry.sh"],
  ["upgrade-halt", "exec", "--announce", "--", "sh", "/entry.sh"],
  ["upgrade-halt", "exec", "--announce", "--", "sh", "-c", ". /entry.sh"],
  ["upgrade-halt", "exec", "--announce", "/entry.sh"],
  ["upgrade-halt", "exec", "/entry.sh"],
  ["upgrade-halt", "exec", "sh", "/entry.sh"],
  ["sh", "-c", 'trap "exit 0" EXIT; seid start'],
  ["sh", "-c", 'eval "seid start | tee x"'],
  ["bash", "-c", "coproc seid start; wait"],
])("what may hide the node's end is no ok: %j", (...command) => {
  const halt = findingsFor({ container: { command, args: [] } }).find(({ check }) => check === "halt");
  expect(halt?.state).not.toBe("ok");
});

test.each([
  ["gosu", "sei", "seid", "start"],
  ["seid", "start", "--home", "/var/lib/seid"],
  ["seid", "start", "--home=/var/lib/seid"],
  ["tini", "-g", "--", "/usr/bin/seid", "--home", "/x", "start"],
  ["upgrade-halt", "exec", "--announce", "--", "/usr/bin/seid", "start", "--moniker", "my-node"],
  ["seid", "start", "--chain-id", "seid", "--log_level", "info"],
  ["upgrade-halt", "exec", "--announce", "--", "story", "run", "--home", "/srv/story"],
  ["tini", "--", "gosu", "sei", "seid", "start"],
  ["sh", "-c", 'trap "date" EXIT; exec seid start'],
  ["upgrade-halt", "exec", "--announce", "--", "seid", "start"],
  ["upgrade-halt", "exec", "--hold", "--home=/h", "--rpc", "http://x", "seid", "start"],
])("a node behind what hands on its end is ok: %j", (...command) => {
  const halt = findingsFor({ container: { command, args: [] } }).find(({ check }) => check === "halt");
  expect(halt).toMatchObject({ state: "ok" });
});

test("nobody who has put exec before an entry point is told to put it there", () => {
  const command = ["upgrade-halt", "exec", "--announce", "--", "/entry.sh"];
  const halt = findingsFor({ container: { command, args: [] } }).find(({ check }) => check === "halt");
  expect(halt).toMatchObject({
    state: "not-checked",
    todo: "Let it start the node with exec as its last command, and once.",
  });
});

test("an entry point that was not seen is not checked", () => {
  const halt = findingsFor({ container: { command: undefined } }).find(({ check }) => check === "halt");
  expect(halt).toMatchObject({ state: "not-checked" });
});

test("of two policies the older one governs", () => {
  const younger = {
    kind: "HaltPolicy",
    metadata: metadata("a", { creationTimestamp: "2026-01-01T00:00:00Z" }),
    spec: SPEC,
  };
  const told = findingsFor({ more: [younger] }).filter(({ found }) => /^It governs/.test(found));
  expect(told.map(({ of, found }) => [of, found])).toEqual([
    ["HaltPolicy sei", "It governs 1 of the pods."],
    ["HaltPolicy a", "It governs no pod that was given."],
  ]);
});

test.each([
  null,
  7,
  "x",
  [],
  {},
  { kind: "List", items: [null, 7, {}, { kind: "Pod" }] },
  { kind: "Pod", metadata: { name: "a\n\u001b" } },
])("%j is answered in lines without control characters", (value) => {
  const findings = clusterFindings(clusterObjects(value));
  expect(findings.length).toBeGreaterThan(0);
  expect(findings.map(({ found, of }) => `${found}${of}`).join("")).not.toMatch(/[\n\u001b]/);
});

test.each([
  ["sh", "-c", "seid start 2>&1 | tee /log"],
  ["upgrade-halt", "exec", "--announce", "--", "sh", "-c", "while true; do seid start; done"],
  ["bash", "/start.sh"],
])("a shell that may hide the node's exit code is no ok: %j", (...command) => {
  const halt = findingsFor({ container: { command, args: [] } }).find(({ check }) => check === "halt");
  expect(halt).toMatchObject({ state: "todo" });
  expect(JSON.stringify(halt)).toContain("may hide its exit code");
});

test.each([
  ["/bin/bash", "-c", "until [ -f /ready ]; do sleep 1; done; exec seid start"],
  ["upgrade-halt", "exec", "--announce", "--", "sh", "-c", "seid start | tee /log"],
])("a shell through which the code arrives is ok: %j", (...command) => {
  const halt = findingsFor({ container: { command, args: [] } }).find(({ check }) => check === "halt");
  expect(halt).toMatchObject({ state: "ok" });
});

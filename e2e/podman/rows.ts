import { filesIn } from "@upgrade-halt/testing";
import { OLD_IMAGE } from "../docker/images.ts";

/** How the node of a row ends. A process that SIGKILL ended is 137 to a container. */
export type NodeEnd = 70 | 71 | 72 | 2 | 137;

export interface Row {
  readonly configuration: string;
  /** What is done about a halt and about a crash. */
  readonly halt: "held" | "started again";
  readonly crash: "stays down" | "started again";
  /** Starts a node that is called `name`, counts its starts in the folder `count`, and ends so. */
  readonly start: (name: string, count: string, end: NodeEnd) => string;
}

const program = (end: NodeEnd) => `echo started >> /count/starts; exit ${end}`;

function run(flags: string): Row["start"] {
  return (name, count, end) =>
    `podman run --detach --name ${name} --volume '${count}:/count' ${flags} ${OLD_IMAGE} sh -c '${program(end)}'`;
}

/** A pod with one container, whose name `podman kube play` makes of both: `name` is that of the pod. */
function play(policy: string, wrapper: readonly string[] = []): Row["start"] {
  return (name, count, end) => {
    const seid = {
      name: "seid",
      image: OLD_IMAGE,
      command: [...wrapper, "sh", "-c", program(end)],
      volumeMounts: [{ name: "count", mountPath: "/count" }],
    };
    const spec = {
      hostNetwork: true,
      restartPolicy: policy,
      shareProcessNamespace: true,
      containers: [seid],
      volumes: [{ name: "count", hostPath: { path: count } }],
    };
    const pod = { apiVersion: "v1", kind: "Pod", metadata: { name }, spec };
    return `echo '${JSON.stringify(pod).replaceAll("'", `'\\''`)}' | podman kube play -`;
  };
}

/** The flags that the guide's command gives, without its name. */
function guideFlags(guide: string): string {
  const command = filesIn(guide).get("run.sh") ?? "";
  return (
    /--name seid (.*?)\s+registry/s.exec(command.replaceAll("\\\n", " "))?.[1] ?? "the guide has no command"
  );
}

export function rowsOf(guide: string): readonly Row[] {
  return [
    { configuration: "`podman run`", halt: "held", crash: "stays down", start: run("") },
    ...["on-failure", "always"].map(
      (policy): Row => ({
        configuration: `\`podman run --restart=${policy}\``,
        halt: "started again",
        crash: "started again",
        start: run(`--restart=${policy}`),
      }),
    ),
    {
      configuration: "`podman run --restart=always` with `upgrade-halt exec --hold`",
      halt: "held",
      crash: "started again",
      start: run(guideFlags(guide)),
    },
    { configuration: "`podman kube play`, `Never`", halt: "held", crash: "stays down", start: play("Never") },
    ...["OnFailure", "Always"].map(
      (policy): Row => ({
        configuration: `\`podman kube play\`, \`${policy}\``,
        halt: "started again",
        crash: "started again",
        start: play(policy),
      }),
    ),
    {
      configuration: "`podman kube play`, `Always` with `upgrade-halt exec --hold`",
      halt: "held",
      crash: "started again",
      start: play("Always", ["upgrade-halt", "exec", "--hold", "--"]),
    },
  ];
}

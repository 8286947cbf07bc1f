import { z } from "@upgrade-halt/contract/zod";
import { jsonOrNothing } from "../../json-or-nothing.ts";
import type { EvidenceFacts } from "../facts.ts";
import type { RestartRules } from "../fate/restart-rules.ts";
import { type Env, runProgram } from "./run-program.ts";

export type Engine = "docker" | "podman";

const Text = z.string().nullish();
const InspectSchema = z.tuple([
  z.object({
    Id: z.string(),
    Path: Text,
    Args: z.array(z.string()).nullish(),
    State: z.object({ Pid: z.int().nullish() }),
    Config: z
      .object({
        Labels: z.record(z.string(), z.string()).nullish(),
        HealthcheckOnFailureAction: Text,
      })
      .nullish(),
    HostConfig: z.object({
      RestartPolicy: z.object({ Name: Text, MaximumRetryCount: z.int().nullish() }).nullish(),
      LogConfig: z.object({ Type: Text }).nullish(),
      AutoRemove: z.boolean().nullish(),
    }),
  }),
]);

/** A container as `docker inspect` or `podman inspect` tells it. */
export interface Container {
  readonly engine: Engine;
  readonly id: string;
  readonly pid: number;
  readonly command: readonly string[];
  readonly rules: RestartRules;
  readonly evidence: EvidenceFacts;
  /** The unit that runs `podman run`, as Podman notes it. */
  readonly unit?: string | undefined;
}

export type ContainerReading =
  | { readonly kind: "container"; readonly container: Container }
  | { readonly kind: "none"; readonly why: string };

/** Who makes another container when one ends, whatever that one's own policy says, by a label that it puts on each. */
const MANAGERS: readonly (readonly [label: string, who: string])[] = [
  ["com.docker.swarm.task.id", "a service of Docker Swarm"],
  ["com.amazonaws.ecs.task-arn", "a task of Amazon ECS"],
  ["com.hashicorp.nomad.alloc_id", "a job of Nomad"],
  ["io.kubernetes.pod.name", "a pod of Kubernetes"],
];

function managedRules(labels: Readonly<Record<string, string>>): RestartRules | undefined {
  const who = MANAGERS.find(([label]) => Object.hasOwn(labels, label))?.[1];
  if (who === undefined) return undefined;
  return {
    kind: "unseen",
    why: `the container belongs to ${who}, which has rules of its own for what ends`,
    instead: `Put upgrade-halt exec --hold before the command, or see what ${who} does about 70.`,
  };
}

/** A health check that fails at a halt, as the guide's does, must end nothing: neither by Podman itself nor by an autoheal beside Docker. */
function healingRules(config: z.infer<typeof InspectSchema>[0]["Config"]): RestartRules | undefined {
  const { HealthcheckOnFailureAction: action, Labels: labels } = config ?? {};
  const by = action && action !== "none" ? `--health-on-failure=${action}` : "";
  const healed = labels?.autoheal === "true" ? "its label autoheal" : by;
  if (healed === "") return undefined;
  return {
    kind: "unseen",
    why: `${healed} has the container ended once it is unhealthy, as a halted node may be`,
    instead: "Take it off, or let the health check succeed after a halt.",
  };
}

/** Asks an engine for a container, by name or id. */
export async function readContainer(engine: Engine, name: string, env: Env): Promise<ContainerReading> {
  const answer = await runProgram(engine, ["inspect", "--type", "container", "--", name], env);
  if (answer.kind === "failed") return { kind: "none", why: answer.why };
  if (answer.code !== 0)
    return { kind: "none", why: `${engine} inspect says: ${answer.stderr.trim().split("\n")[0]}` };
  const parsed = InspectSchema.safeParse(jsonOrNothing(answer.stdout));
  if (!parsed.success)
    return { kind: "none", why: `${engine} inspect gave something else than one container` };
  const [{ Id, Path, Args, State, Config, HostConfig }] = parsed.data;
  const { RestartPolicy: policy, LogConfig: log, AutoRemove } = HostConfig;
  return {
    kind: "container",
    container: {
      engine,
      id: Id,
      pid: State.Pid ?? 0,
      command: [...(Path ? [Path] : []), ...(Args ?? [])],
      rules: managedRules(Config?.Labels ?? {}) ??
        healingRules(Config) ?? {
          kind: "engine",
          policy: policy?.Name ?? "",
          maximum: policy?.MaximumRetryCount ?? 0,
        },
      evidence: { kind: "engine", driver: log?.Type ?? "unknown", isRemoved: AutoRemove === true },
      unit: Config?.Labels?.PODMAN_SYSTEMD_UNIT,
    },
  };
}

/** Those of these images that an engine has already. */
export async function imagesHere(
  engine: Engine,
  images: readonly string[],
  env: Env,
): Promise<readonly string[]> {
  const here: string[] = [];
  for (const image of images) {
    const answer = await runProgram(engine, ["image", "inspect", "--", image], env);
    if (answer.kind === "ended" && answer.code === 0) here.push(image);
  }
  return here;
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DockerState } from "@upgrade-halt/consumer";
import { until } from "@upgrade-halt/testing";
import type { Engine } from "./engine.ts";

/** What `docker inspect` says of a container, as far as the suite reads it. */
export interface Container {
  readonly State: DockerState & {
    readonly Health?: { readonly Status: string; readonly Log: readonly { readonly ExitCode: number }[] };
  };
  readonly RestartCount: number;
}

/** What a Compose file says of a service, as far as the suite changes it. */
export interface ServiceOverride {
  readonly image?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly restart?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
}

/** A node's home that outlives its container. */
export const KEPT_HOME = { volumes: ["home:/data"] } as const satisfies ServiceOverride;

/** The service `seid` of a Compose file, as a project of its own. */
export class Service {
  readonly #engine: Engine;
  readonly #folder: string;

  constructor(engine: Engine, project: string, composeFile: string) {
    this.#engine = engine;
    this.#folder = join(engine.folder, project);
    mkdirSync(this.#folder);
    writeFileSync(join(this.#folder, "compose.yaml"), composeFile);
  }

  /** Brings it up as the file says, and as `override` says otherwise. */
  async up(override?: ServiceOverride): Promise<void> {
    if (override !== undefined) {
      const document = { services: { seid: override }, volumes: { home: {} } };
      writeFileSync(join(this.#folder, "compose.override.yaml"), JSON.stringify(document));
    }
    await this.must("docker compose up --detach");
  }

  /** Runs a shell script in the project's folder. */
  async sh(script: string): Promise<string> {
    return (await this.#engine.sh(script, this.#folder)).output;
  }

  /** The same; a script that fails is an error with its output. */
  async must(script: string): Promise<string> {
    const { code, output } = await this.#engine.sh(script, this.#folder);
    if (code !== 0) throw new Error(`${script}: ${output}`);
    return output;
  }

  logs(): Promise<string> {
    return this.sh("docker compose logs --no-log-prefix seid");
  }

  async container(): Promise<Container> {
    const [container] = JSON.parse(await this.must("docker inspect $(docker compose ps --all --quiet seid)"));
    return container;
  }

  /** Waits until its container is so; what it is then. */
  async becomes(what: string, holds: (container: Container) => boolean): Promise<Container> {
    const look = async () => {
      const container = await this.container();
      return holds(container) && container;
    };
    return until(`seid to be ${what}`, look, { explain: () => this.explain() });
  }

  /** Waits until its log has this. */
  async says(text: string): Promise<void> {
    const look = async () => (await this.logs()).includes(text);
    await until(`seid to say ${text}`, look, { explain: () => this.explain() });
  }

  /** Waits until its node, which answers, is at this height or past it. */
  async passes(height: number): Promise<void> {
    const ask = "docker compose exec -T seid upgrade-halt status http://127.0.0.1:26657 --json";
    const look = async () => JSON.parse(await this.must(ask)).verdict.height >= height;
    await until(`seid to pass ${height}`, look, { explain: () => this.explain() });
  }

  /** What it is, and the end of what it said. */
  async explain(): Promise<string> {
    return `${JSON.stringify((await this.container()).State)}\n${(await this.logs()).slice(-3000)}`;
  }
}

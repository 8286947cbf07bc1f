import type { Random } from "../time/random.ts";
import type { Chain } from "./chain.ts";
import type { NodeProcess, Validator } from "./node.ts";

/** Every validator and every process of one, alive or not. */
export class Validators {
  readonly #validators = new Map<string, Validator>();
  readonly processes: NodeProcess[] = [];
  readonly #shared = new Map<string, string>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** A pod of this name has the data of the validator `name`, as a pod of a Deployment does. */
  share(podName: string, name: string): void {
    this.#shared.set(podName, name);
  }

  /** The validator whose data a pod of this name has. */
  ofPod(podName: string, chain: Chain): Validator {
    const name = this.#shared.get(podName) ?? podName;
    const known = this.#validators.get(name);
    if (known !== undefined) return known;
    const number = this.#validators.size + 1;
    const validator: Validator = {
      name,
      chain,
      address: String(number).padStart(40, "A"),
      lagMs: this.#random.between(0, this.#random.chance(0.5) ? 300 : 8_000),
      height: 0,
      applied: [],
      skipped: new Set(),
      replaced: undefined,
      staysAlive: false,
      noise: "",
      endsAfterMs: undefined,
      chatter: undefined,
      fallsBackToLogs: false,
      lie: undefined,
      movedTo: undefined,
      serves: "status",
      servesBeside: "web-page",
      alias: undefined,
      hasLied: false,
      isUnreadable: false,
      oddities: {},
    };
    this.#validators.set(name, validator);
    return validator;
  }

  all(): readonly Validator[] {
    return [...this.#validators.values()];
  }
}

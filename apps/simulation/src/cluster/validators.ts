import type { Chain } from "./chain.ts";
import type { NodeProcess, Validator } from "./node.ts";

/** Every validator and every process of one, alive or not. */
export class Validators {
  readonly #validators = new Map<string, Validator>();
  readonly processes: NodeProcess[] = [];

  /** The validator whose data a pod of this name has. */
  ofPod(podName: string, chain: Chain): Validator {
    const known = this.#validators.get(podName);
    if (known !== undefined) return known;
    const number = this.#validators.size + 1;
    const validator: Validator = {
      name: podName,
      chain,
      address: String(number).padStart(40, "A"),
      height: 0,
      applied: [],
      skipped: new Set(),
      replaced: undefined,
      staysAlive: false,
    };
    this.#validators.set(podName, validator);
    return validator;
  }

  all(): readonly Validator[] {
    return [...this.#validators.values()];
  }
}

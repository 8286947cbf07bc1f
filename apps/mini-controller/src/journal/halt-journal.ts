import { hasCode, type KubeApi, type Store } from "@upgrade-halt/kube";
import { API_VERSION, LABEL_POD, LABEL_POLICY } from "../api/group.ts";
import { type NodeHalt, type NodeHaltSpec, type NodeHaltStatus, projectHalt } from "../api/node-halt.ts";
import { collectionPath, NODE_HALTS, objectPath } from "../kube/paths.ts";

/** Told of what becomes of each write of a journal's status. */
export interface JournalWatch {
  readonly onWritten: (halt: NodeHalt) => void;
  readonly onRefused: (halt: NodeHalt, error: unknown) => void;
}

/** Reads and writes NodeHalts. What it wrote is in the store at once, so the next look sees it. */
export class HaltJournal {
  readonly #api: KubeApi;
  readonly #store: Store<NodeHalt>;
  readonly #watch: JournalWatch;

  constructor(api: KubeApi, store: Store<NodeHalt>, watch: JournalWatch) {
    this.#api = api;
    this.#store = store;
    this.#watch = watch;
  }

  /** The halt as recorded, by whomever: a second record of the same halt is the first one. */
  async open(
    namespace: string,
    name: string,
    spec: NodeHaltSpec,
  ): Promise<{ readonly halt: NodeHalt; readonly isNew: boolean }> {
    const known = this.#store.get(`${namespace}/${name}`);
    if (known !== undefined) return { halt: known, isNew: false };
    const labels = { [LABEL_POLICY]: labelValue(spec.policyName), [LABEL_POD]: labelValue(spec.podName) };
    const body = { apiVersion: API_VERSION, kind: "NodeHalt", metadata: { name, namespace, labels }, spec };
    try {
      const halt = this.#keep(await this.#api.create<NodeHalt>(collectionPath(NODE_HALTS, namespace), body));
      return { halt, isNew: true };
    } catch (error) {
      if (!hasCode(error, "already-exists")) throw error;
      return { halt: await this.refresh(namespace, name), isNew: false };
    }
  }

  /**
   * Writes the status if nobody wrote the halt since `halt` was read.
   *
   * @throws {ControllerError} `conflict` when somebody did: `refresh` and decide again.
   */
  async write(halt: NodeHalt, status: NodeHaltStatus): Promise<NodeHalt> {
    const { namespace = "", name } = halt.metadata;
    const path = objectPath(NODE_HALTS, namespace, name, "status");
    const body = { ...halt, apiVersion: API_VERSION, kind: "NodeHalt", status };
    try {
      const written = this.#keep(await this.#api.replace<NodeHalt>(path, body));
      this.#watch.onWritten(written);
      return written;
    } catch (error) {
      this.#watch.onRefused(halt, error);
      throw error;
    }
  }

  async refresh(namespace: string, name: string): Promise<NodeHalt> {
    try {
      return this.#keep(await this.#api.get<NodeHalt>(objectPath(NODE_HALTS, namespace, name)));
    } catch (error) {
      if (hasCode(error, "not-found")) this.#store.delete(`${namespace}/${name}`);
      throw error;
    }
  }

  #keep(answer: NodeHalt): NodeHalt {
    const halt = projectHalt(answer);
    this.#store.put(halt);
    return halt;
  }
}

/** Label values have at most 63 characters; names may be longer. */
function labelValue(name: string): string {
  return name.slice(0, 63).replace(/[^A-Za-z0-9]+$/, "");
}

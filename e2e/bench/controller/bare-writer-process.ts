/**
 * The yardstick for a block of halts, a process of its own as the controller is: told by its parent of each halt, it issues
 * that halt's writes, one after the other, `width` halts at a time. It watches nothing and decides nothing: that a node runs again
 * it writes without having seen it. It reads nothing either, unless it is told to read again before each act what
 * docs/security.md demands: the journal, the workload, the policies and the pods.
 */
import { type Access, BareClient } from "./bare-client.ts";
import { type HaltScript, isAct } from "./recorded-writes.ts";
import { Rereads } from "./rereads.ts";

/** What the parent sends first; then it sends the pod of each halt. */
export interface Assignment {
  readonly access: Access;
  readonly width: number;
  /** Whether it reads again before each act. */
  readonly rereads: boolean;
  /** Scripts by the pod that halts. */
  readonly scripts: Readonly<Record<string, HaltScript>>;
}

class BareWriter {
  readonly #assignment: Assignment;
  readonly #client: BareClient;
  readonly #rereads: Rereads | undefined;
  /** Halts about which nothing was written yet. */
  readonly #due: HaltScript[] = [];
  /** UIDs and versions of the objects that were written, for bodies that name them. */
  readonly #states = new Map<string, Versioned["metadata"]>();
  #unseen: number;
  #active = 0;

  constructor(assignment: Assignment) {
    this.#assignment = assignment;
    this.#client = new BareClient(assignment.access, assignment.width);
    if (assignment.rereads) this.#rereads = new Rereads(this.#client);
    this.#unseen = Object.keys(assignment.scripts).length;
  }

  onHalt(pod: string): void {
    const script = this.#assignment.scripts[pod];
    if (script === undefined) throw new Error(`no script for ${pod}`);
    this.#due.push(script);
    this.#unseen -= 1;
    this.#pump();
  }

  #pump(): void {
    while (this.#active < this.#assignment.width) {
      const script = this.#due.shift();
      if (script === undefined) break;
      this.#active += 1;
      void this.#issue(script).then(() => {
        this.#active -= 1;
        this.#pump();
      });
    }
    if (this.#active === 0 && this.#unseen === 0) void this.#end();
  }

  async #issue(script: HaltScript): Promise<void> {
    for (const whole of script.writes) {
      if (isAct(whole)) await this.#rereads?.of(script);
      const { body, ...write } = whole;
      const object = write.path.replace(/\/status$|\?.*$/, "");
      const answer = await this.#client.send<Versioned>({ ...write, body: this.#current(object, body) });
      const { name, uid, resourceVersion } = answer.metadata;
      this.#states.set(write.method === "POST" ? `${object}/${name}` : object, { uid, resourceVersion });
    }
  }

  /** The body with the object's own UID and version where it names one; with no version for an object that others wrote last. */
  #current(object: string, body: unknown): unknown {
    const { metadata, preconditions } = body as Partial<Versioned> & { preconditions?: { uid: string } };
    // Which version of a pod is deleted only its own kubelet knows here.
    if (preconditions !== undefined)
      return { ...(body as object), preconditions: { uid: preconditions.uid } };
    if (metadata?.resourceVersion === undefined) return body;
    const state = this.#states.get(object) ?? { resourceVersion: undefined };
    return { ...(body as object), metadata: { ...metadata, ...state } };
  }

  async #end(): Promise<void> {
    await this.#client.close();
    process.send?.("done");
  }
}

interface Versioned {
  readonly metadata: {
    readonly name?: string;
    readonly uid?: string | undefined;
    readonly resourceVersion?: string | undefined;
  };
}

let writer: BareWriter | undefined;
process.on("message", (message: Assignment | string) => {
  if (typeof message === "string") writer?.onHalt(message);
  else {
    writer = new BareWriter(message);
    process.send?.("ready");
  }
});

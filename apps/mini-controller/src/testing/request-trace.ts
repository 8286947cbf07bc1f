import { setTimeout as delay } from "node:timers/promises";
import type { KubeApi } from "@upgrade-halt/kube";

/** A request and when it was under way, in moments that are counted and not measured. */
interface Traced {
  readonly what: string;
  readonly from: number;
  to: number;
}

/** So long each answer takes: those that are asked for in one turn are under way at one time. */
const ANSWER_MS = 5;
const VERBS = {
  get: "GET",
  list: "LIST",
  create: "POST",
  mergePatch: "PATCH",
  strategicMergePatch: "PATCH",
  jsonPatch: "PATCH",
  replace: "PUT",
  remove: "DELETE",
} as const;

/** Tells which requests waited for which others: a request that begins after another has ended may have needed its answer. */
export class RequestTrace {
  #requests: Traced[] = [];
  #moment = 0;

  /** Whether a request that `isMeant` means was answered. */
  has(isMeant: (what: string) => boolean): boolean {
    return this.#requests.some(({ what, to }) => isMeant(what) && Number.isFinite(to));
  }

  /** Forgets what was asked for so far. */
  clear(): void {
    this.#requests = [];
  }

  /** The API, which answers each request but a watch a moment later. */
  readonly through = (api: KubeApi): KubeApi =>
    new Proxy(api, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        if (!(name in VERBS)) return member.bind(target);
        return (path: string, ...rest: readonly unknown[]) =>
          this.#trace(`${VERBS[name as keyof typeof VERBS]} ${path}`, () =>
            Promise.resolve(member.call(target, path, ...rest)),
          );
      },
    });

  /** The most requests that follow each other up to the last one that `isLast` means, of those about `isMeant`. */
  inARow(isLast: (what: string) => boolean, isMeant: (what: string) => boolean): readonly string[] {
    const meant = this.#requests.filter(({ what }) => isMeant(what));
    const last = meant.findLast(({ what }) => isLast(what));
    const chain: string[] = [];
    for (let next = last; next !== undefined; next = latestBefore(meant, next)) chain.unshift(next.what);
    return chain;
  }

  async #trace<T>(what: string, work: () => Promise<T>): Promise<T> {
    const request: Traced = { what, from: this.#next(), to: Number.POSITIVE_INFINITY };
    this.#requests.push(request);
    try {
      const answer = await work();
      await delay(ANSWER_MS);
      return answer;
    } finally {
      request.to = this.#next();
    }
  }

  #next(): number {
    this.#moment += 1;
    return this.#moment;
  }
}

/** Of the requests that had ended before `request` began, the one that began last: the longest row is made of such. */
function latestBefore(requests: readonly Traced[], request: Traced): Traced | undefined {
  return requests.filter(({ to }) => to < request.from).toSorted((a, b) => b.from - a.from)[0];
}

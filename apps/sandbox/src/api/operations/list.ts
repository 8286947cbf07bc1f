import { randomUUID } from "node:crypto";
import { goSyntaxError } from "../../json/go-json-syntax.ts";
import { type JsonObject, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { ApiError, badRequest, expired } from "../api-error.ts";
import type { Matcher } from "../selectors.ts";
import { type ApiContext, served, type Target } from "./context.ts";

export interface ListQuery {
  readonly matches: Matcher;
  readonly limit: number;
  /** A selection's rest isn't counted. */
  readonly isSelective: boolean;
  readonly continueToken: string;
  readonly resourceVersion: string;
}

export interface ListPage {
  readonly metadata: JsonObject;
  readonly items: readonly KubeObject[];
}

interface Snapshot {
  readonly revision: number;
  readonly items: readonly KubeObject[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MAX_SNAPSHOTS = 64;

/** The rest of lists that clients read in pages; the oldest are forgotten, as compaction would. */
export class ListSnapshots {
  readonly #snapshots = new Map<string, Snapshot>();

  keep(snapshot: Snapshot): string {
    const token = randomUUID();
    this.#snapshots.set(token, snapshot);
    const [oldest] = this.#snapshots.keys();
    if (this.#snapshots.size > MAX_SNAPSHOTS && oldest !== undefined) this.#snapshots.delete(oldest);
    return token;
  }

  /** @throws ApiError 400 when the token is none, 410 when it is unknown or forgotten. */
  resume(token: string): Snapshot {
    const snapshot = this.#snapshots.get(token);
    if (snapshot !== undefined) return snapshot;
    if (!UUID.test(token))
      throw badRequest(`invalid continue token: continue key is not valid: ${whyNoToken(token)}`);
    throw expired(
      "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
        "the continue parameter.",
    );
  }
}

/** kube-apiserver's tokens are JSON in base64: what Go says of one that isn't. */
function whyNoToken(token: string): string {
  const index = token.search(/[^A-Za-z0-9_-]/);
  if (index >= 0 || token.length % 4 === 1) {
    return `illegal base64 data at input byte ${index < 0 ? token.length - 1 : index}`;
  }
  const bytes = Buffer.from(token, "base64url");
  const fault = goSyntaxError(bytes);
  if (fault !== undefined) return fault;
  const version = stringAt(JSON.parse(bytes.toString("utf8")), "v") ?? "";
  return `server does not recognize this encoded version ${version}`;
}

/** GET of a collection, whole or by pages of one consistent state. @throws ApiError 410, 504. */
export function list(
  context: ApiContext,
  snapshots: ListSnapshots,
  target: Target,
  query: ListQuery,
): ListPage {
  const { revision, items } =
    query.continueToken === "" ? current(context, target, query) : snapshots.resume(query.continueToken);
  const limit = query.limit > 0 ? query.limit : items.length;
  const page = items.slice(0, limit);
  const rest = items.slice(limit);
  const counted = query.isSelective ? {} : { remainingItemCount: rest.length };
  const more =
    rest.length > 0 ? { continue: snapshots.keep({ revision, items: rest }), ...counted } : endOfList(target);
  return { metadata: { resourceVersion: String(revision), ...more }, items: page };
}

/** Lists of custom resources spell their last token out. */
function endOfList({ type }: Target): JsonObject {
  return type.builtIn ? {} : { continue: "" };
}

function current(context: ApiContext, { type, namespace }: Target, query: ListQuery): Snapshot {
  requireReached(context, query.resourceVersion);
  const objects = context.store.list(type.storageKey, namespace === "" ? undefined : namespace);
  const items = objects.filter(query.matches).map((object) => served(type, object));
  return { revision: context.store.revision, items };
}

/** @throws ApiError 504 for a resourceVersion of the future, as the watch cache answers after its wait. */
export function requireReached(context: ApiContext, resourceVersion: string): void {
  const { revision } = context.store;
  if (Number(resourceVersion) > revision) {
    const message = `Timeout: Too large resource version: ${resourceVersion}, current: ${revision}`;
    throw new ApiError(504, "Timeout", message, {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    });
  }
}

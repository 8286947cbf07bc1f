import { randomBytes } from "node:crypto";
import type { Json, JsonObject } from "../../json/json.ts";
import { numberAt, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { ApiError } from "../api-error.ts";
import type { Store } from "../store.ts";
import { ADMIN, AUTHENTICATED, serviceAccountGroups, serviceAccountName, type User } from "./user.ts";

interface Grant {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly expiresAt: number;
}

const DEFAULT_SECONDS = 3600;

/**
 * Bearer tokens of ServiceAccounts, made on request (the TokenRequest API). A request without a token is the
 * administrator's: the server listens on loopback alone.
 */
export class ServiceAccountTokens {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #grants = new Map<string, Grant>();

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Answers POST serviceaccounts/{name}/token. */
  issue(account: KubeObject, request: Json): JsonObject {
    const token = randomBytes(32).toString("base64url");
    const expirationSeconds = numberAt(request, "spec", "expirationSeconds") ?? DEFAULT_SECONDS;
    const namespace = stringAt(account, "metadata", "namespace") ?? "";
    const { name, uid = "" } = account.metadata;
    const expiresAt = this.#now() + expirationSeconds * 1000;
    this.#grants.set(token, { namespace, name, uid: String(uid), expiresAt });
    return {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: {
        name,
        namespace,
        uid,
        creationTimestamp: `${new Date(this.#now()).toISOString().slice(0, 19)}Z`,
      },
      spec: { audiences: ["https://kubernetes.default.svc"], expirationSeconds, boundObjectRef: null },
      status: { token, expirationTimestamp: `${new Date(expiresAt).toISOString().slice(0, 19)}Z` },
    };
  }

  /** The user that an Authorization header stands for. @throws ApiError 401. */
  authenticate(header: string | undefined): User {
    if (header === undefined) return ADMIN;
    const user = this.userOf(/^Bearer (.+)$/i.exec(header)?.[1] ?? "");
    if (user === undefined) throw new ApiError(401, "Unauthorized", "Unauthorized");
    return user;
  }

  /** The ServiceAccount that a token is of; undefined for a token that is unknown or over, or whose account is gone. */
  userOf(token: string): User | undefined {
    const grant = this.#grants.get(token);
    if (grant === undefined || grant.expiresAt < this.#now()) return undefined;
    const { namespace, name, uid } = grant;
    if (this.#store.get("/serviceaccounts", namespace, name)?.metadata.uid !== uid) return undefined;
    const groups = [...serviceAccountGroups(namespace), AUTHENTICATED];
    return { name: serviceAccountName(namespace, name), uid, groups, extra: {} };
  }
}

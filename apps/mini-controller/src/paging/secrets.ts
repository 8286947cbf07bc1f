import { hasCode, type KubeApi, type KubeObject, messageOf } from "@upgrade-halt/kube";
import { PAGING_HOSTS, PURPOSE, PURPOSE_PAGING } from "../api/group.ts";
import type { SecretKeyRef } from "../api/paging.ts";
import { ControllerError } from "../controller-error.ts";
import { objectPath, SECRETS } from "../kube/paths.ts";
import { PagingHosts } from "./paging-hosts.ts";

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>> | null;
}

/** One value of a Secret, and the receivers that the Secret itself says it is for. */
export interface PagingSecret {
  readonly value: string;
  readonly hosts: PagingHosts | undefined;
}

/**
 * Reads one key of a Secret when it is needed, and keeps it nowhere. Only a Secret that says itself that it is for paging
 * is used: whoever may write a policy must not get to read the others through it. Values appear in no message.
 *
 * @throws {ControllerError} `bad-reference` when the Secret or the key is missing or may not be read,
 * `secret-not-marked` when it is not marked for paging.
 */
export async function readSecretKey(
  api: KubeApi,
  namespace: string,
  { name, key }: SecretKeyRef,
): Promise<PagingSecret> {
  const where = `Secret ${namespace}/${name}`;
  const secret = await readSecret(api, namespace, name);
  if (!isForPaging(secret)) {
    const message = `${where} is not marked for paging: who owns it must label it ${PURPOSE}=${PURPOSE_PAGING}`;
    throw new ControllerError("secret-not-marked", message);
  }
  const data = secret.data ?? {};
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (value === undefined) throw new ControllerError("bad-reference", `${where} has no key ${key}`);
  return { value: Buffer.from(value, "base64").toString("utf8"), hosts: hostsOf(secret, where) };
}

async function readSecret(api: KubeApi, namespace: string, name: string): Promise<Secret> {
  const where = `Secret ${namespace}/${name}`;
  try {
    return await api.get<Secret>(objectPath(SECRETS, namespace, name));
  } catch (cause) {
    if (hasCode(cause, "not-found")) throw new ControllerError("bad-reference", `${where} is not there`);
    if (hasCode(cause, "forbidden"))
      throw new ControllerError("bad-reference", `${where} may not be read (RBAC)`);
    throw cause;
  }
}

function isForPaging({ metadata: { labels, annotations } }: Secret): boolean {
  return labels?.[PURPOSE] === PURPOSE_PAGING || annotations?.[PURPOSE] === PURPOSE_PAGING;
}

function hostsOf({ metadata }: Secret, where: string): PagingHosts | undefined {
  const list = metadata.annotations?.[PAGING_HOSTS];
  if (list === undefined) return undefined;
  try {
    return PagingHosts.parse(list);
  } catch (error) {
    throw new ControllerError("bad-reference", `${where}: annotation ${PAGING_HOSTS}: ${messageOf(error)}`);
  }
}

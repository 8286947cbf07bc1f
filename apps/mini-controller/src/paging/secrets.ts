import type { SecretKeyRef } from "../api/paging.ts";
import { ControllerError, hasCode } from "../controller-error.ts";
import { objectPath, SECRETS } from "../kube/paths.ts";
import type { KubeApi, KubeObject } from "../kube/types.ts";

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Reads one key of a Secret when it is needed, and keeps it nowhere. Values appear in no message.
 *
 * @throws {ControllerError} `bad-reference` when the Secret or the key is missing or may not be read.
 */
export async function readSecretKey(
  api: KubeApi,
  namespace: string,
  { name, key }: SecretKeyRef,
): Promise<string> {
  const where = `Secret ${namespace}/${name}`;
  try {
    const { data } = await api.get<Secret>(objectPath(SECRETS, namespace, name));
    const value = data?.[key];
    if (value === undefined) throw new ControllerError("bad-reference", `${where} has no key ${key}`);
    return Buffer.from(value, "base64").toString("utf8");
  } catch (cause) {
    if (hasCode(cause, "not-found")) throw new ControllerError("bad-reference", `${where} is not there`);
    if (hasCode(cause, "forbidden"))
      throw new ControllerError("bad-reference", `${where} may not be read (RBAC)`);
    throw cause;
  }
}

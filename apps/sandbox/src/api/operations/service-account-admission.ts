import { arrayAt, at, isObject, type Json, type JsonObject, stringAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import { forbidden } from "../api-error.ts";
import type { ApiContext, Target } from "./context.ts";
import { nameSuffix } from "./name-suffix.ts";

const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
/** An hour, and a little that tells these tokens from others. */
const TOKEN_SECONDS = 3607;

/**
 * Gives a new pod the token of its ServiceAccount as a volume, unless it or the account wants none (the ServiceAccount
 * admission plugin).
 *
 * @throws ApiError 403 when there is no such account.
 */
export function mountServiceAccountToken(
  { store }: ApiContext,
  { type, namespace }: Target,
  pod: KubeObject,
): void {
  const { spec } = pod;
  if (!isObject(spec)) return;
  const name = stringAt(spec, "serviceAccountName") ?? "default";
  const account = store.get("/serviceaccounts", namespace, name);
  if (account === undefined) {
    const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
    throw forbidden(type, pod.metadata.name, why);
  }
  if ((spec.automountServiceAccountToken ?? account.automountServiceAccountToken) === false) return;
  const containers = [...arrayAt(spec, "initContainers"), ...arrayAt(spec, "containers")].filter(isObject);
  const without = containers.filter(
    (container) => !arrayAt(container, "volumeMounts").some((mount) => at(mount, "mountPath") === MOUNT_PATH),
  );
  if (without.length === 0) return;
  const volume = `kube-api-access-${nameSuffix()}`;
  for (const container of without) {
    const mount = { name: volume, readOnly: true, mountPath: MOUNT_PATH };
    container.volumeMounts = [...arrayAt(container, "volumeMounts"), mount];
  }
  spec.volumes = [...arrayAt(spec, "volumes"), { name: volume, projected: projectedToken() } as Json];
}

function projectedToken(): JsonObject {
  return {
    sources: [
      { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: "token" } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
      {
        downwardAPI: {
          items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
        },
      },
    ],
    defaultMode: 0o644,
  };
}

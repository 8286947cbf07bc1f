import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, type Json } from "../../json/json.ts";
import { TestApi } from "../../testing/api.ts";
import { CONFIG_MAPS, configMap } from "../../testing/objects.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const subjects = [{ kind: "ServiceAccount", name: "reader", namespace: "default" }];

let api: TestApi;
let headers: Record<string, string>;
beforeEach(async () => {
  api = await TestApi.start();
  await api.post("/api/v1/namespaces/default/serviceaccounts", { metadata: { name: "reader" } });
  const { body } = await api.post("/api/v1/namespaces/default/serviceaccounts/reader/token", { spec: {} });
  headers = { authorization: `Bearer ${at(body, "status", "token")}` };
});
afterEach(() => api.stop());

async function allow(rules: Json, namespace?: string): Promise<void> {
  const scope = namespace === undefined ? "" : `/namespaces/${namespace}`;
  const [role, binding] =
    namespace === undefined ? ["ClusterRole", "clusterrolebindings"] : ["Role", "rolebindings"];
  await api.post(`${RBAC}${scope}/${role.toLowerCase()}s`, { metadata: { name: "r" }, rules });
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: role, name: "r" };
  await api.post(`${RBAC}${scope}/${binding}`, { metadata: { name: "b" }, roleRef, subjects });
}

describe("a ServiceAccount's token", () => {
  it("allows nothing by itself, and the answer says what was missing", async () => {
    const { status, body } = await api.get(CONFIG_MAPS, { headers });
    expect([status, body.message]).toEqual([
      403,
      'configmaps is forbidden: User "system:serviceaccount:default:reader" cannot list resource "configmaps" in API group "" in the namespace "default"',
    ]);
  });

  it("allows what a role in the namespace says, there alone", async () => {
    await allow([{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"] }], "default");
    expect((await api.get(CONFIG_MAPS, { headers })).status).toBe(200);
    expect((await api.get("/api/v1/namespaces/kube-system/configmaps", { headers })).status).toBe(403);
    expect((await api.call("POST", CONFIG_MAPS, configMap("a"), { headers })).status).toBe(403);
  });

  it("allows what a cluster role says, by name where it names", async () => {
    await allow([{ apiGroups: [""], resources: ["configmaps"], resourceNames: ["a"], verbs: ["get"] }]);
    await api.post(CONFIG_MAPS, configMap("a"));
    await api.post(CONFIG_MAPS, configMap("b"));
    expect((await api.get(`${CONFIG_MAPS}/a`, { headers })).status).toBe(200);
    expect((await api.get(`${CONFIG_MAPS}/b`, { headers })).status).toBe(403);
  });

  it("tells a subresource from its resource", async () => {
    await allow([{ apiGroups: [""], resources: ["pods"], verbs: ["*"] }]);
    const status = "/api/v1/namespaces/default/pods/p/status";
    const merge = { headers, type: "application/merge-patch+json" };
    expect((await api.call("PATCH", status, {}, merge)).status).toBe(403);
  });

  it("is refused when unknown or when its account is gone", async () => {
    expect((await api.get(CONFIG_MAPS, { headers: { authorization: "Bearer nonsense" } })).status).toBe(401);
    await api.delete("/api/v1/namespaces/default/serviceaccounts/reader");
    expect((await api.get(CONFIG_MAPS, { headers })).status).toBe(401);
  });

  it("answers what it may do", async () => {
    await allow([{ apiGroups: [""], resources: ["configmaps"], verbs: ["get"] }]);
    const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    const ask = async (verb: string) => {
      const spec = { resourceAttributes: { verb, resource: "configmaps", namespace: "default" } };
      return at((await api.call("POST", path, { spec }, { headers })).body, "status", "allowed");
    };
    expect([await ask("get"), await ask("delete")]).toEqual([true, false]);
  });
});

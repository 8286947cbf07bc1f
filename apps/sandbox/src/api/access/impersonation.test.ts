import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, type JsonObject } from "../../json/json.ts";
import { TestApi } from "../../testing/api.ts";
import { CONFIG_MAPS, configMap } from "../../testing/objects.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";
const AUTHORIZATION = "/apis/authorization.k8s.io/v1";

let api: TestApi;
beforeEach(async () => {
  api = await TestApi.start();
});
afterEach(() => api.stop());

async function allow(subject: JsonObject, rules: JsonObject[]): Promise<void> {
  await api.post(`${RBAC}/clusterroles`, { metadata: { name: "r" }, rules });
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "r" };
  await api.post(`${RBAC}/clusterrolebindings`, { metadata: { name: "b" }, roleRef, subjects: [subject] });
}

const READ = { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"] };
const as = (user: string, more: Record<string, string> = {}) => ({
  headers: { "impersonate-user": user, ...more },
});

describe("a request as somebody else", () => {
  it("has that user's rights alone, writes included", async () => {
    const { status, body } = await api.get(CONFIG_MAPS, as("nobody"));
    expect([status, body.message]).toEqual([
      403,
      'configmaps is forbidden: User "nobody" cannot list resource "configmaps" in API group "" in the namespace "default"',
    ]);
    const post = await api.call("POST", CONFIG_MAPS, configMap("a"), as("nobody"));
    expect(post.status).toBe(403);
    expect((await api.get(`${CONFIG_MAPS}/a`)).status).toBe(404);
  });

  it("has what a role says of the user, of its groups, or of the ServiceAccount of that name", async () => {
    await allow({ kind: "User", name: "reader" }, [READ]);
    expect((await api.get(CONFIG_MAPS, as("reader"))).status).toBe(200);
    await api.put(`${RBAC}/clusterrolebindings/b`, {
      metadata: { name: "b" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "r" },
      subjects: [{ kind: "Group", name: "readers" }],
    });
    expect((await api.get(CONFIG_MAPS, as("reader"))).status).toBe(403);
    expect((await api.get(CONFIG_MAPS, as("x", { "impersonate-group": "readers" }))).status).toBe(200);
  });

  it("may be a ServiceAccount", async () => {
    await allow({ kind: "ServiceAccount", name: "sa", namespace: "default" }, [READ]);
    expect((await api.get(CONFIG_MAPS, as("system:serviceaccount:default:sa"))).status).toBe(200);
    expect((await api.get(CONFIG_MAPS, as("system:serviceaccount:default:sb"))).status).toBe(403);
  });

  it("is refused to who may not impersonate", async () => {
    await api.post("/api/v1/namespaces/default/serviceaccounts", { metadata: { name: "sa" } });
    const { body } = await api.post("/api/v1/namespaces/default/serviceaccounts/sa/token", { spec: {} });
    const authorization = `Bearer ${at(body, "status", "token")}`;
    const answer = await api.get(
      CONFIG_MAPS,
      as("admin", { authorization, "impersonate-group": "system:masters" }),
    );
    expect([answer.status, answer.body.message]).toEqual([
      403,
      'users "admin" is forbidden: User "system:serviceaccount:default:sa" cannot impersonate resource "users" in API group "" at the cluster scope',
    ]);
  });

  it("is refused for a group without a user", async () => {
    expect((await api.get(CONFIG_MAPS, { headers: { "impersonate-group": "system:masters" } })).status).toBe(
      400,
    );
  });
});

describe("a review", () => {
  async function ask(kind: string, spec: JsonObject, user?: string): Promise<unknown> {
    const { body } = await api.call("POST", `${AUTHORIZATION}/${kind}`, { spec }, user ? as(user) : {});
    return at(body, "status", "allowed");
  }
  const nodes = { resourceAttributes: { verb: "delete", resource: "nodes" } };

  it("of one's own rights is of the impersonated user", async () => {
    expect(await ask("selfsubjectaccessreviews", nodes)).toBe(true);
    expect(await ask("selfsubjectaccessreviews", nodes, "nobody")).toBe(false);
  });

  it("of another's rights says what the roles say", async () => {
    await allow({ kind: "User", name: "reader" }, [READ, { nonResourceURLs: ["/metrics"], verbs: ["get"] }]);
    const list = { resourceAttributes: { verb: "list", resource: "configmaps", namespace: "default" } };
    expect(await ask("subjectaccessreviews", { user: "reader", ...list })).toBe(true);
    expect(await ask("subjectaccessreviews", { user: "reader", ...nodes })).toBe(false);
    const metrics = { nonResourceAttributes: { verb: "get", path: "/metrics" } };
    expect(await ask("subjectaccessreviews", { user: "reader", ...metrics })).toBe(true);
    expect(await ask("subjectaccessreviews", { user: "nobody", ...metrics })).toBe(false);
  });

  it("of a token names its ServiceAccount, or says that it is none", async () => {
    await api.post("/api/v1/namespaces/default/serviceaccounts", { metadata: { name: "sa" } });
    const issued = await api.post("/api/v1/namespaces/default/serviceaccounts/sa/token", { spec: {} });
    const path = "/apis/authentication.k8s.io/v1/tokenreviews";
    const known = await api.post(path, { spec: { token: at(issued.body, "status", "token") ?? "" } });
    expect(at(known.body, "status", "user", "username")).toBe("system:serviceaccount:default:sa");
    const unknown = await api.post(path, { spec: { token: "nonsense" } });
    expect(at(unknown.body, "status", "authenticated")).toBeUndefined();
  });

  it("of the rules lists them", async () => {
    await allow({ kind: "User", name: "reader" }, [READ]);
    const path = `${AUTHORIZATION}/selfsubjectrulesreviews`;
    const { body } = await api.call("POST", path, { spec: { namespace: "default" } }, as("reader"));
    expect(at(body, "status", "resourceRules")).toEqual([READ]);
  });
});

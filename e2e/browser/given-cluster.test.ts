import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../harness/api.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { kubeconfigWithToken } from "../harness/kubeconfig.ts";
import { startBin } from "../harness/programs.ts";
import { postTo, type Served, serve, untilState } from "../harness/served-page.ts";
import { act, open, play, startBrowser } from "./page.ts";
import { violations } from "./violations.ts";

/** A sandbox stands for the cluster of somebody else: the sandbox that is tested has its kubeconfig alone. */
const cleanup = new Cleanup();
let browser: Browser;
let others: Served;
let kubeconfig: string;
let namespace: string;
beforeAll(async () => {
  [others, browser] = await Promise.all([serve({ cleanup, flags: ["--nodes", "1"] }), startBrowser(cleanup)]);
  kubeconfig = /KUBECONFIG=(\S+)/.exec(others.program.output())?.[1] ?? "";
  const page = await open(browser, others.address);
  await play(page, "pager-down");
  await page.close();
  namespace = (await others.state()).namespace;
});
afterAll(() => cleanup.run());

const over = (...flags: readonly string[]) =>
  serve({ cleanup, flags: ["--kubeconfig", kubeconfig, "--namespace", namespace, ...flags] });

describe("the page over a cluster that the sandbox did not start", () => {
  test("shows nodes, halts and journals, has every control off, and its server refuses all the same", async () => {
    const served = await over();
    const faults: string[] = [];
    const page = await open(browser, served.address, faults);
    await page.locator(".standing", { hasText: "Held" }).waitFor();
    await page.locator("pre", { hasText: "UPGRADE" }).waitFor();
    await page.locator(".steps li", { hasText: "Held" }).waitFor();
    await page.getByText("The sandbox did not start this cluster").waitFor();
    const buttons = await page.locator(".control button").all();
    expect(buttons.length).toBeGreaterThan(10);
    for (const button of buttons) expect(await button.isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Play" }).count()).toBe(0);
    expect(await violations(page)).toEqual([]);

    for (const body of [
      { list: { plan: "v6.7", height: 20, version: "v6.7" } },
      { unlist: { plan: "v6.7" } },
      { policy: { paused: true } },
      { install: { node: "sei-0-0", version: "v6.7" } },
      { crash: { node: "sei-0-0" } },
      { kill: "leader" },
    ]) {
      expect(await postTo(served, "/api/actions", body), JSON.stringify(body)).toEqual({
        status: 409,
        body: { error: expect.stringContaining("is off") },
      });
    }
    expect((await postTo(served, "/api/scenarios", { name: "demo" })).status).toBe(409);
    expect((await others.state()).policy).toMatchObject({ upgrades: [], paused: false });
    expect(faults).toEqual([]);
    await Promise.all([page.close(), served.program.stop()]);
  });

  test("changes nothing where another namespace is allowed", async () => {
    const served = await over("--allow-changes", "another");
    expect(await postTo(served, "/api/actions", { policy: { paused: true } })).toEqual({
      status: 409,
      body: { error: expect.stringContaining("namespace another alone") },
    });
    await served.program.stop();
  });

  test("says what its user may not read, and shows the rest", async () => {
    const { core, config } = connect(kubeconfig);
    const name = "reviewer";
    await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name } } });
    const rules = [{ apiGroups: ["upgrade-halt.dev"], resources: ["nodehalts"], verbs: ["list", "watch"] }];
    const rbac = "rbac.authorization.k8s.io";
    const { objects } = connect(kubeconfig);
    const metadata = { name, namespace };
    await objects.create({ apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules } as never);
    await objects.create({
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    } as never);
    const { status } = await core.createNamespacedServiceAccountToken({ name, namespace, body: {} as never });
    const file = join(others.folder, "reviewer.kubeconfig");
    await kubeconfigWithToken(file, config, status?.token ?? "");
    const served = await serve({ cleanup, flags: ["--kubeconfig", file, "--namespace", namespace] });
    const page = await open(browser, served.address);
    for (const what of ["haltpolicies", "noderecords", "pods", "statefulsets"])
      await page.locator(".unread li", { hasText: new RegExp(`${what}.*forbidden`) }).waitFor();
    expect(await page.locator(".unread li").count()).toBe(4);
    await page.locator(".steps li", { hasText: "Held" }).waitFor();
    await Promise.all([page.close(), served.program.stop()]);
  });

  test("changes what the API can change where that namespace is named", async () => {
    const served = await over("--allow-changes", namespace);
    const page = await open(browser, served.address);
    expect(await page.getByRole("button", { name: "Kill leader" }).isDisabled()).toBe(true);
    await act(page, "Pause policy");
    await untilState(served, "the policy to be paused", ({ policy }) => policy.paused === true);
    await act(page, "Resume policy");
    await page.getByLabel("Height (0").fill("20");
    await act(page, "List image");
    const { nodes } = await untilState(others, "the node to run the listed image", ({ halts }) =>
      halts.every(({ status }) => status.phase === "Recovered"),
    );
    expect(nodes.map(({ wantedImage }) => wantedImage)).toEqual(["upgrade-halt.dev/mock-node:v6.7"]);
    await Promise.all([page.close(), served.program.stop()]);
  });

  test.each([
    [["--kubeconfig", "/nowhere"], /kubeconfig \/nowhere can't be read/],
    [["--kubeconfig", "/nowhere", "--nodes", "2"], /--nodes starts nodes/],
    [["--allow-changes", "sei"], /belong to --kubeconfig/],
    [["--kubeconfig", "/nowhere", "--namespace", "../x"], /a namespace is a DNS label/],
  ])("is refused with %j", async (flags, why) => {
    const run = await startBin("sandbox", ["serve", ...flags]);
    expect((await run.ended).code).not.toBe(0);
    expect(run.output()).toMatch(why);
  });
});

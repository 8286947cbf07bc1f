import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { whyNoEngine } from "../docker/engine.ts";
import { Cleanup } from "../harness/cleanup.ts";
import { haltOf, imageInPod } from "../harness/observe.ts";
import { brokenInvariants } from "../invariants/broken-invariants.ts";
import { whyNoKubelet } from "../kubelet/node.ts";
import { runIn } from "../packages/run-in.ts";
import { whyNoMachine } from "../systemd/machine.ts";
import { type Checkout, cloneInto, type Ended } from "./checkout.ts";
import { type Registry, startRegistry } from "./registry.ts";
import { type ReleaseFiles, writeReleaseFiles } from "./release-files.ts";
import { type StrangersProject, strangersProject } from "./stranger.ts";
import { applyPolicy, installInCluster, NEW_IMAGE, runNode } from "./strangers-cluster.ts";
import { journalOfDowngrade } from "./strangers-machine.ts";

/** One release after the other, on one registry: each test goes on where the one before it ended. */
const ROOT = join(import.meta.dirname, "..", "..");
const REPOSITORY = "https://git.example/upgrade-halt";
const PUBLISH = `release:publish --repository ${REPOSITORY}`;
const PACKAGES = ["@upgrade-halt/contract", "@upgrade-halt/consumer", "@upgrade-halt/producer"];

let folder: string;
let registry: Registry;
let checkout: Checkout;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rehearsal-"));
  registry = await startRegistry(join(folder, "registry"));
  checkout = await cloneInto(join(folder, "checkout"), ROOT, registry);
});

afterAll(async () => {
  await registry?.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

afterEach(() => registry.setMood(() => "answers"));

/** A run that stopped before anything was published or changed, with one sentence. */
async function expectStopped(ended: Ended, sentence: RegExp): Promise<void> {
  expect(ended.output).toMatch(sentence);
  expect(ended.output.trim().split("\n")).toHaveLength(1);
  expect(ended.code).toBe(1);
  expect(await checkout.git("tag", "--list")).toBe(tagsBefore);
  expect(registry.published).toEqual(publishedBefore);
}

let tagsBefore = "";
let publishedBefore: readonly string[] = [];

async function remember(): Promise<void> {
  tagsBefore = await checkout.git("tag", "--list");
  publishedBefore = [...registry.published];
}

async function versionOf(name: string): Promise<string> {
  const file = join(checkout.root, name.replace("@upgrade-halt/", "packages/"), "package.json");
  return JSON.parse(await readFile(file, "utf8")).version;
}

const tags = async (): Promise<readonly string[]> => (await checkout.git("tag", "--list")).split("\n");

describe("before the first release", () => {
  test("a changeset that names no package stops, and so does a release whose changesets are no versions yet", async () => {
    await remember();
    await expectStopped(await checkout.run(PUBLISH), /^release: \d+ changesets wait for a version/);
    await checkout.write(".changeset/lost.md", '---\n"@upgrade-halt/consumr": minor\n---\n\nOf nobody.\n');
    await expectStopped(
      await checkout.run("release:version"),
      /^release: The changesets make no plan: .*consumr/,
    );
    expect(await checkout.git("status", "--porcelain")).toBe("?? .changeset/lost.md");
    await rm(join(checkout.root, ".changeset", "lost.md"));
  });

  test("versions and changelogs come of the changesets, and the tree must be committed", async () => {
    const versioned = await checkout.run("release:version");
    expect(versioned.output).toContain("@upgrade-halt/contract 0.0.0 -> 0.1.0 (minor)");
    expect(versioned.code).toBe(0);
    for (const name of PACKAGES) expect(await versionOf(name)).toBe("0.1.0");
    const changelog = await readFile(join(checkout.root, "packages/contract/CHANGELOG.md"), "utf8");
    expect(changelog).toContain("## 0.1.0\n\n### Minor Changes\n\n- The first release: ");
    expect(changelog).not.toMatch(/[0-9a-f]{7}:/);
    await expectStopped(await checkout.run(PUBLISH), /^release: The tree differs from its commit \(.*\)/);
    await checkout.commit("Release 0.1.0");
  });
});

describe("provenance", () => {
  test("is refused where nobody says the address of the repository", async () => {
    await remember();
    await expectStopped(
      await checkout.run("release:publish --provenance"),
      /^release: Provenance needs the public address of the repository, and none is given: /,
    );
  });
});

describe("a release that cannot be whole stops before anything is published", () => {
  test.each([
    [
      "a tarball that lacks a file",
      "packages/consumer/package.json",
      [/\n *"man",?(?=\n)/, ""],
      /lacks man\/kubectl-upgrade_halt\.1 and 1 more/,
    ],
    [
      "a contract that its lock does not know",
      "packages/contract/src/codes.ts",
      [/UpgradeRequired: 70,/, "UpgradeRequired: 70,\n  HaltHeight: 80,"],
      /The contract is not what its lock says/,
    ],
  ] as const)("%s", async (_, file, [from, to], sentence) => {
    await remember();
    const before = await readFile(join(checkout.root, file), "utf8");
    const after = before.replace(from, to);
    expect(after).not.toBe(before);
    await checkout.write(file, after);
    await checkout.commit("Break it");
    await expectStopped(await checkout.run(PUBLISH), sentence);
    await checkout.git("reset", "--quiet", "--hard", "HEAD~1");
  });

  test("a tag whose version the registry does not have", async () => {
    await checkout.git("tag", "@upgrade-halt/producer@0.1.0");
    await remember();
    await expectStopped(
      await checkout.run(PUBLISH),
      /^release: The tag @upgrade-halt\/producer@0\.1\.0 is there, and the registry has no such version: /,
    );
    await checkout.git("tag", "--delete", "@upgrade-halt/producer@0.1.0");
  });

  test("a registry that answers 500", async () => {
    await remember();
    registry.setMood(() => 500);
    await expectStopped(
      await checkout.run(PUBLISH),
      /^release: The registry does not say whether it has .* \(E500/,
    );
  });

  test("a registry that says nothing", async () => {
    await remember();
    registry.setMood(() => "says nothing");
    await expectStopped(await checkout.run(PUBLISH), /^release: The registry does not say whether it has /);
  });

  test("a registry that refuses the first package with 409", async () => {
    await remember();
    registry.setMood((method) => (method === "PUT" ? 409 : "answers"));
    await expectStopped(
      await checkout.run(PUBLISH),
      /^release: The registry refused @upgrade-halt\/contract 0\.1\.0 \(E409/,
    );
  });
});

/** The project of somebody who installed the first release. */
let stranger: StrangersProject;

describe("the first release", () => {
  test.each([
    [409, "E409"],
    [500, "E500"],
    ["says nothing", ""],
  ] as const)(
    "stopped at its second package, by %s, says what is published and what to do",
    async (mood, code) => {
      registry.setMood((method, path) => (method === "PUT" && !path.endsWith("contract") ? mood : "answers"));
      const stopped = await checkout.run(PUBLISH);
      expect(stopped.output).toMatch(
        /^@upgrade-halt\/contract 0\.1\.0: published and tagged(?: already)?\nrelease: The registry refused @upgrade-halt\/\w+ 0\.1\.0 \([^\n]*packages before it are published and tagged: run it again once that is settled\.\n$/,
      );
      expect(stopped.output).toContain(`0.1.0 (${code}`);
      expect(stopped.code).toBe(1);
      expect(registry.published).toHaveLength(1);
      expect(await tags()).toEqual(["@upgrade-halt/contract@0.1.0"]);
    },
  );

  test("killed between two packages and run again, ends with each published once", async () => {
    let kill = () => {};
    let puts = 0;
    registry.setMood((method) => {
      if (method !== "PUT" || ++puts === 1) return "answers";
      kill();
      return "says nothing";
    });
    const killed = await checkout.run(PUBLISH, (end) => {
      kill = end;
    });
    expect(killed.signal).toBe("SIGKILL");
    expect(registry.published).toHaveLength(2);
    registry.setMood(() => "answers");
    const again = await checkout.run(PUBLISH);
    expect(again.output).toContain("@upgrade-halt/contract 0.1.0: published and tagged already\n");
    expect(again.code).toBe(0);
    expect(registry.published).toHaveLength(3);
    expect(await tags()).toEqual(PACKAGES.map((name) => `${name}@0.1.0`).toSorted());
  });

  test("killed before it could tag a package that went out, is finished by the tag", async () => {
    await checkout.git("tag", "--delete", "@upgrade-halt/producer@0.1.0");
    const { code, output } = await checkout.run(PUBLISH);
    expect(output).toContain(
      "@upgrade-halt/producer 0.1.0: was published already with these very bytes; tagged\n",
    );
    expect(code).toBe(0);
    expect(registry.published).toHaveLength(3);
  });

  test("run once more does nothing, and a version that is there with other bytes stops it", async () => {
    expect((await checkout.run(PUBLISH)).output).toContain("nothing to do");
    await checkout.git("commit", "--quiet", "--allow-empty", "--message", "Later");
    await checkout.git("tag", "--delete", "@upgrade-halt/producer@0.1.0");
    await remember();
    const stopped = await checkout.run(PUBLISH);
    await expectStopped(
      stopped,
      /^release: The registry has @upgrade-halt\/producer 0\.1\.0 already, with other bytes/,
    );
    await checkout.git("tag", "@upgrade-halt/producer@0.1.0", "HEAD~1");
  });

  test("says of each package where its sources are", async () => {
    for (const name of PACKAGES) {
      const directory = name.replace("@upgrade-halt/", "packages/");
      expect(await published(name)).toMatchObject({
        homepage: `${REPOSITORY}#readme`,
        bugs: { url: `${REPOSITORY}/issues` },
        repository: { type: "git", url: `git+${REPOSITORY}.git`, directory },
      });
    }
  });

  test("gives a stranger a program that type-checks and runs, and a command that says why", async () => {
    stranger = await strangersProject(join(folder, "stranger"), registry.npmrc.stranger, "latest");
    expect(await stranger.program()).toBe("halted upgrade_required\n");
    expect(await stranger.why()).toContain("upgrade_required");
    const commit = await checkout.git("rev-list", "-1", "@upgrade-halt/consumer@0.1.0");
    expect(await stranger.version()).toBe(`upgrade-halt 0.1.0 (contract 0.1.0, commit ${commit})\n`);
  });
});

const reason = whyNoEngine() ?? whyNoKubelet();
const noMachine = whyNoMachine();
describe.skipIf(reason !== undefined)(
  `from its files, and what the registry has${reason ? ` (${reason})` : ""}`,
  () => {
    let files: ReleaseFiles;
    const cleanup = new Cleanup();

    beforeAll(async () => {
      await checkout.git("reset", "--quiet", "--hard", "@upgrade-halt/consumer@0.1.0");
      files = await writeReleaseFiles(checkout, join(folder, "files"), REPOSITORY);
    }, 900_000);

    afterAll(() => cleanup.run());

    test("each image says the version and the commit of the release", async () => {
      const commit = await checkout.git("rev-parse", "HEAD");
      const version = `0.1.0 (contract 0.1.0, commit ${commit})\n`;
      expect(files.versions).toEqual({
        controller: `mini-controller ${version}`,
        command: `upgrade-halt ${version}`,
      });
      expect(files.file(/^upgrade-halt-0\.1\.0\.tar\.cdx\.json$/)).not.toBe("");
    });

    test.skipIf(noMachine !== undefined)(
      `a machine without Node holds a 72 and tells why${noMachine ? ` (${noMachine})` : ""}`,
      async () => {
        const told = await journalOfDowngrade(files.file(/^upgrade-halt_0\.1\.0_\w+\.deb$/));
        expect(told).toContain("halted: downgrade_detected (plan v6.7)");
        const program = files.file(/^upgrade-halt-linux-\w+$/);
        expect(await runIn(folder, "env", "-i", program, "explain", "72")).toMatch(
          /^72 is downgrade_detected: /,
        );
      },
    );

    test("a cluster gets the chart, the controller in its image, a policy and a swap", async () => {
      const cluster = await installInCluster(files, folder, cleanup);
      const image = "ghcr.io/upgrade-halt/mini-controller:0.1.0 ready=true restarts=0";
      expect(await cluster.controllers()).toEqual([image, image]);
      await applyPolicy(cluster, files);
      await runNode(cluster, "sei-0");
      await haltOf(cluster, "sei-0", "Recovered", { within: 90_000 });
      expect(await imageInPod(cluster, "sei-0")).toBe(NEW_IMAGE);
      const told = await cluster.kubectl(
        ["upgrade-halt", "why", "sei-0-0", "-n", cluster.namespace],
        stranger.bin,
      );
      expect(told).toContain(`\n  stands: Recovered, Recovered. Runs ${NEW_IMAGE} and is at height `);
      expect(await brokenInvariants(cluster)).toEqual([]);
    });
  },
);

describe("a release of the channel next", () => {
  test("has its own tag, and leaves what others install alone", async () => {
    expect((await checkout.exec("changeset", "pre", "enter", "next")).code).toBe(0);
    await checkout.write(".changeset/more.md", '---\n"@upgrade-halt/consumer": minor\n---\n\nReads more.\n');
    expect((await checkout.run("release:version")).code).toBe(0);
    expect(await versionOf("@upgrade-halt/consumer")).toBe("0.2.0-next.0");
    await checkout.commit("Release 0.2.0-next.0");
    const { code, output } = await checkout.run(PUBLISH);
    expect(output).toContain("@upgrade-halt/consumer 0.2.0-next.0: published and tagged\n");
    expect(code).toBe(0);
    expect(await distTags("@upgrade-halt/consumer")).toEqual({ latest: "0.1.0", next: "0.2.0-next.0" });
  });
});

describe("the release after it", () => {
  test("is what everybody gets, with a changelog that says why, also where the registry's answer is lost", async () => {
    expect((await checkout.exec("changeset", "pre", "exit")).code).toBe(0);
    await checkout.write(
      ".changeset/contract.md",
      '---\n"@upgrade-halt/contract": minor\n---\n\nSays more.\n',
    );
    expect((await checkout.run("release:version")).code).toBe(0);
    await checkout.commit("Release 0.2.0");
    registry.setMood((method) => (method === "PUT" ? "loses its answer" : "answers"));
    const { code, output } = await checkout.run(PUBLISH);
    expect(output).toContain("@upgrade-halt/contract 0.2.0: published and tagged\n");
    expect(code).toBe(0);
    expect(await distTags("@upgrade-halt/consumer")).toMatchObject({ latest: "0.2.0" });
    expect(await distTags("@upgrade-halt/contract")).toMatchObject({ latest: "0.2.0" });
    const changelog = await readFile(join(checkout.root, "packages/consumer/CHANGELOG.md"), "utf8");
    expect(changelog).toMatch(/^## 0\.2\.0\n\n### Minor Changes\n\n- Reads more\.\n/m);
    expect(changelog).toContain("- Uses `@upgrade-halt/contract` 0.2.0.");
    const project = await strangersProject(join(folder, "later"), registry.npmrc.stranger, "latest");
    expect(await project.version()).toMatch(/^upgrade-halt 0\.2\.0 \(contract 0\.2\.0, /);
  });
});

interface Document {
  readonly "dist-tags": unknown;
  readonly versions: Readonly<Record<string, object>>;
}

async function documentOf(name: string): Promise<Document> {
  const answer = await fetch(`${registry.url}${name.replace("/", "%2f")}`);
  return (await answer.json()) as Document;
}

async function distTags(name: string): Promise<unknown> {
  return (await documentOf(name))["dist-tags"];
}

/** The manifest of the first release, as the registry gives it. */
async function published(name: string): Promise<object | undefined> {
  return (await documentOf(name)).versions["0.1.0"];
}

import { execFile, spawnSync } from "node:child_process";
import { cp, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { crds, crdYaml } from "../../apps/mini-controller/src/api/crds.ts";
import { proof } from "../harness/proof.ts";
import { type Step, stagesOf } from "./image-steps.ts";

const ROOT = join(import.meta.dirname, "../..");
const [build, image] = stagesOf(join(ROOT, "apps/mini-controller/deploy/Dockerfile"));
/** The user of the image. */
const [USER = "", GROUP = ""] =
  image?.steps.find(({ keyword }) => keyword === "USER")?.args[0]?.split(":") ?? [];

const run = promisify(execFile);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "upgrade-halt-image-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Where the image being made has an absolute path: folders of its own, as there is no engine. */
const inside = (path: string) => join(folder, path);

/** What `docker build` would send along: the files of the tree, none that was made from them. */
async function copySources(to: string): Promise<void> {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout } = await run("git", list, { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 });
  for (const file of stdout.split("\0").filter((name) => name !== ""))
    await cp(join(ROOT, file), join(to, file), { recursive: true });
}

/** Does the steps of both stages with their paths moved into the folder; the root of the image. */
async function make(): Promise<string> {
  let cwd = folder;
  for (const { keyword, args } of build?.steps ?? []) {
    if (keyword === "WORKDIR") cwd = inside(args[0] ?? "");
    else if (keyword === "COPY") await copySources(cwd);
    else if (keyword === "RUN") {
      const script = (args[0] ?? "").replaceAll(/(?<=\s)\/out\b/g, inside("/out"));
      await run("sh", ["-ec", script], { cwd, maxBuffer: 64 * 1024 * 1024 });
    } else throw new Error(`the build stage has a step that this proof does not know: ${keyword}`);
  }
  const root = inside("/root");
  const workdir = join(root, stepOf("WORKDIR")?.args[0] ?? "");
  for (const { args, from } of (image?.steps ?? []).filter(({ keyword }) => keyword === "COPY")) {
    expect(from).toBe(build?.name);
    const [source = "", target = ""] = args.slice(-2);
    const isFile = (await stat(inside(source))).isFile();
    const to = join(workdir, target, isFile ? basename(source) : "");
    await cp(inside(source), to, { recursive: true, verbatimSymlinks: true });
  }
  await cp(process.execPath, join(root, stepOf("ENTRYPOINT")?.args[0] ?? ""));
  return root;
}

const stepOf = (keyword: string): Step | undefined => image?.steps.find((step) => step.keyword === keyword);

/** Why no other user's root can be entered here, or `undefined` where one can. */
function whyNoRoot(): string | undefined {
  if (process.platform !== "linux") return "mount namespaces are Linux's alone";
  if (process.getuid?.() !== 0) return "only root may take another user";
  const probe = spawnSync("unshare", ["--mount", "true"]);
  return probe.status === 0 ? undefined : "the kernel forbids new namespaces";
}

const reason = whyNoRoot();

describe.skipIf(reason !== undefined)(`the image${reason ? ` (${reason})` : ""}`, () => {
  proof(
    "its build steps make a controller that starts as its user, on a root that is read-only",
    ["IMAGE"],
    async () => {
      expect(image?.base).toMatch(/^gcr\.io\/distroless\/nodejs\d+-debian\d+:nonroot$/);
      expect([Number(USER), Number(GROUP)]).toEqual([65532, 65532]);

      const root = await make();
      const workdir = stepOf("WORKDIR")?.args[0] ?? "";
      const inImage = async (...command: readonly string[]) => {
        const args = ["--mount", "sh", "-ec", ENTER, root, workdir, `${USER}:${GROUP}`, ...command];
        return await run("unshare", args, { env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" } });
      };
      const entrypoint = stepOf("ENTRYPOINT")?.args ?? [];
      expect((await inImage(...entrypoint, "--help")).stdout).toContain("mini-controller");
      expect((await inImage(...entrypoint, "crds")).stdout).toBe(
        Object.values(crds).map(crdYaml).join("---\n"),
      );
      await expect(inImage(...entrypoint, "run", "--kubeconfig", "/nowhere")).rejects.toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^mini-controller: .*\/nowhere/),
      });
      expect((await inImage("/usr/bin/id", "-u")).stdout.trim()).toBe(USER);
      await expect(inImage("/usr/bin/touch", `${workdir}/x`)).rejects.toMatchObject({
        stderr: expect.stringContaining("Read-only file system"),
      });
    },
  );
});

/**
 * Enters a root ($0) as the image would be run: read-only, in its folder ($1), as its user ($2). The libraries that a
 * distroless image has along are this machine's.
 */
const ENTER = `
  root=$0 workdir=$1 user=$2; shift 2
  mount --bind "$root" "$root"
  for folder in lib lib64 usr; do
    [ -e "/$folder" ] || continue
    mkdir -p "$root/$folder"
    mount --bind "/$folder" "$root/$folder"
  done
  mount -o remount,bind,ro "$root"
  exec chroot --userspec="$user" "$root" /usr/bin/env --chdir="$workdir" "$@"
`;

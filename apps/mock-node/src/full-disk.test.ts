import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { isHalted, PLANS, stop, testChain } from "./testing/running-node.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

/** A shell that runs the program where no file may grow by a byte, as on a full disk. */
const FULL_DISK = ["sh", "-c", `trap '' XFSZ; ulimit -f 0; exec "$@"`, "sh"];

/** A shell that runs the program where the folder `$0` is mounted read-only. */
const readOnly = (folder: string): readonly string[] => [
  ...["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"],
  `mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"`,
  folder,
];
const canMount = spawnSync("unshare", ["--user", "--map-root-user", "--mount", "true"]).status === 0;

describe("on a full disk", () => {
  it("a node that can't store its block ends with 1 and says so, without an intent", async () => {
    const chain = testChain(temporaryFolder(), PLANS);
    await chain.start("v6.6", "--halt-height", "2").ended;
    const node = chain.wrapped(FULL_DISK).start("v6.6");
    expect(await node.ended).toEqual({ code: 1, signal: null });
    expect(node.stderr()).toContain("no block could be made: EFBIG");
  });

  it("a halted node serves its intent again, and ends with its code", async () => {
    const chain = testChain(temporaryFolder(), PLANS);
    expect((await chain.start("v6.6").ended).code).toBe(70);
    const again = chain.wrapped(FULL_DISK).start("v6.6", "--halt-stay-alive");
    expect((await again.status(isHalted)).halt_intent).toMatchObject({ reason: 70, plan_name: "v6.7" });
    expect(await stop(again)).toEqual({ code: 70, signal: null });
  });
});

describe.skipIf(!canMount)("on a read-only disk", () => {
  it("a halted node serves its intent again, and ends with its code", async () => {
    const folder = temporaryFolder();
    const chain = testChain(folder, PLANS);
    expect((await chain.start("v6.6").ended).code).toBe(70);
    const again = chain.wrapped(readOnly(folder)).start("v6.6", "--halt-stay-alive");
    expect((await again.status(isHalted)).halt_intent).toMatchObject({ reason: 70, plan_name: "v6.7" });
    expect(await stop(again)).toEqual({ code: 70, signal: null });
  });

  it("a node that halts for the first time ends with 1, and says why in one line", async () => {
    const folder = temporaryFolder();
    const chain = testChain(folder, PLANS);
    expect((await chain.start("v6.6", "--fault-kill-after", "decided").ended).signal).toBe("SIGKILL");
    const node = chain.wrapped(readOnly(folder)).start("v6.6", "--halt-stay-alive");
    expect(await node.ended).toEqual({ code: 1, signal: null });
    expect(node.stderr()).toMatch(
      /^\S+ ERR no graceful halt for 70: .*upgrade-info\.json could not be written: EROFS.*\n$/,
    );
  });
});

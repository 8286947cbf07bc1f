import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runProgram, testChain } from "../testing/running-node.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

describe("bad input is answered with one sentence", () => {
  it.each([
    ["an unknown flag", ["start", "--home", "h", "--nope"], 64, /unknown option '--nope'/],
    [
      "an empty home",
      ["start", "--home="],
      64,
      /option '--home <dir>' argument '' is invalid. Give a folder/,
    ],
    ["no home", ["start"], 64, /required option '--home <dir>' not specified/],
    [
      "a block time past what a timer can wait",
      ["start", "--home", "h", "--block-time", "600h"],
      64,
      /at most 596h/,
    ],
    ["a block time that is none", ["start", "--home", "h", "--block-time", "fast"], 64, /Give a duration/],
    [
      "an address that is none",
      ["start", "--home", "h", "--rpc.laddr", "here"],
      64,
      /Give tcp:\/\/HOST:PORT/,
    ],
    [
      "both limits",
      ["start", "--home", "h", "--halt-height", "2", "--freeze-height", "2"],
      64,
      /cannot be used with/,
    ],
    [
      "plans that aren't there",
      ["start", "--home", "h", "--plans", "/nowhere"],
      1,
      /cannot read plans from \/nowhere/,
    ],
    [
      "a home that is a file",
      ["start", "--home", "/dev/null"],
      1,
      /cannot use \/dev\/null as the home: EEXIST.*; give --home a folder/,
    ],
    [
      "a home where nothing can be made",
      ["start", "--home", "/proc/nope/deep"],
      1,
      /cannot use \/proc\/nope\/deep as the home: ENOENT.*; give --home a folder/,
    ],
  ])("%s", async (_, args, code, sentence) => {
    const run = runProgram(args);
    expect(await run.ended).toEqual({ code, signal: null });
    expect(run.stderr()).toMatch(sentence);
    expect(run.stderr().trimEnd().split("\n")).toHaveLength(1);
    expect(run.stdout()).toBe("");
  });

  it("a home that another node runs on, until that one is gone, however it went", async () => {
    const chain = testChain(temporaryFolder(), []);
    const first = chain.start("v6.6");
    await first.url();
    const second = chain.start("v6.6");
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.stderr()).toMatch(
      /^mock-node: another mock-node runs on \S+; stop that one, or give .*\n$/,
    );
    first.child.kill("SIGKILL");
    await first.ended;
    await chain.start("v6.6").url();
  });

  it("a taken port", async () => {
    const folder = temporaryFolder();
    const first = testChain(folder, []).start("v6.6");
    const { port } = new URL(await first.url());
    const second = runProgram([
      "start",
      "--home",
      join(folder, "b"),
      "--rpc.laddr",
      `tcp://127.0.0.1:${port}`,
    ]);
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.stderr()).toMatch(
      /RPC cannot listen on tcp:\/\/127\.0\.0\.1:\d+: .*EADDRINUSE.*; give --rpc\.laddr another/,
    );
  });

  it("a port file that can't be written", async () => {
    const folder = temporaryFolder();
    const run = runProgram([
      ...[
        "start",
        "--home",
        folder,
        "--rpc.laddr",
        "tcp://127.0.0.1:0",
        "--port-file",
        join(folder, "no/port"),
      ],
    ]);
    expect(await run.ended).toEqual({ code: 1, signal: null });
    expect(run.stderr()).toMatch(/mock-node: the RPC port cannot be written to \S+\/no\/port: ENOENT/);
  });

  it("no command, which also shows the help", async () => {
    const run = runProgram([]);
    expect((await run.ended).code).toBe(64);
    expect(run.stderr()).toContain("a command is missing");
  });
});

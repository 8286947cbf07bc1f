import { afterAll, beforeAll, expect, test } from "vitest";
import { type PlannedChain, planChain } from "../chains/halting-chain.ts";
import { doctor } from "./doctor.ts";
import { RealNode, type StartScript } from "./real-node.ts";
import { runit } from "./runit.ts";

let chain: PlannedChain;

beforeAll(async () => {
  chain = await planChain("simd", { validators: 1 });
});

afterAll(() => chain?.network[Symbol.asyncDispose]());

interface Said {
  readonly between: readonly string[];
  readonly halt: string;
  readonly crash: string;
  readonly contract: string;
}

const KEEPS = "upgrade-halt exec --announce stands between, and keeps exit codes.";
const HELD = /^ok: 70, 71 and 72 would stay down under runit /;
const SHELL = /^todo: The shell sh stands between: .* Start the node with exec in that script\.$/;
const MAY_CHANGE = "sh may change its exit code. Make sure that exit codes arrive unchanged.";

const SCRIPTS: readonly { readonly name: string; readonly script: StartScript; readonly said: unknown }[] = [
  {
    name: "the page's script",
    script: (script) => script,
    said: {
      between: [`ok: ${KEEPS}`],
      halt: expect.stringMatching(HELD),
      crash: expect.stringMatching(/^ok: A crash would be started again by runit /),
      contract: expect.stringMatching(/^ok: /),
    },
  },
  {
    name: "tini and a shell that stays, behind exec --announce",
    script: (script, program) =>
      script.replace(`-- ${program}`, `-- tini -s -- sh -c '"$0" "$@"; exit $?' ${program}`),
    said: {
      between: [
        expect.stringMatching(SHELL),
        "ok: tini stands between, and hands on exit codes.",
        `ok: ${KEEPS}`,
      ],
      // It reads a halt off the log; the code of a crash is the shell's.
      halt: expect.stringMatching(HELD),
      crash: expect.stringContaining(MAY_CHANGE),
      contract: expect.stringMatching(/^ok: /),
    },
  },
  {
    name: "a shell that goes on after it",
    script: (script, program) => `${program} start ${/--home \S+/.exec(script)?.[0]}; echo over`,
    said: {
      between: [expect.stringMatching(SHELL)],
      halt: expect.stringMatching(
        /^todo: Whether 70, 71 and 72 would be started again is not known: sh may /,
      ),
      crash: expect.stringContaining(MAY_CHANGE),
      contract: expect.stringMatching(/^todo: Nothing shows that the node announces its halts/),
    },
  },
];

test.each(SCRIPTS)(
  "doctor beside a real node that was started by $name",
  async ({ script, said: expected }) => {
    await using node = await RealNode.start(runit, chain, script);
    await node.passes(0);
    const findings = await doctor("--rpc", node.rpc);
    const saidOf = (check: string) =>
      findings
        .filter((finding) => finding.check === check)
        .map(({ state, found, todo = "" }) => `${state}: ${found} ${todo}`.trimEnd());
    const said: Said = {
      between: saidOf("between"),
      halt: saidOf("halt").join(),
      crash: saidOf("crash").join(),
      contract: saidOf("contract").join(),
    };
    expect(said).toEqual(expected);
    expect(saidOf("process").join()).toMatch(/^ok: The node is process \d+ \(\S+\/simd start /);
    expect(saidOf("supervisor").join()).toMatch(/^ok: runit \(\S+\) supervises it\.$/);
    expect(saidOf("status").join()).toMatch(/^ok: http:\S+ answers at height \d+ on halting-1\.$/);
  },
  180_000,
);

import { expect, test } from "vitest";
import type { ExecWrapper, Wrapper } from "../wrapper.ts";
import { arrivalOf } from "./way-out.ts";

const exec: ExecWrapper = { kind: "exec", pid: 1, announce: false, hold: false, stayAlive: false };
const announce: ExecWrapper = { ...exec, announce: true };
const cosmovisor: Wrapper = { kind: "cosmovisor", pid: 2 };
const tini: Wrapper = { kind: "init", name: "tini", hides: [70] };
const client: Wrapper = { kind: "client", name: "docker run" };
const halt = { kind: "exited", code: 70 } as const;

const through = (...between: Wrapper[]) => arrivalOf(halt, between, true);

test.each<[string, Wrapper[], unknown]>([
  ["nothing", [], { kind: "arrives", end: halt }],
  ["exec", [exec], { kind: "arrives", end: halt }],
  ["exec --hold", [{ ...exec, hold: true }], { kind: "held" }],
  ["exec --announce --stay-alive", [{ ...announce, stayAlive: true }], { kind: "held" }],
  ["exec --stay-alive alone", [{ ...exec, stayAlive: true }], { kind: "arrives", end: halt }],
  [
    "cosmovisor",
    [cosmovisor],
    { kind: "arrives", end: { kind: "exited", code: 1 }, changedBy: "cosmovisor" },
  ],
  ["cosmovisor around exec --hold", [{ ...exec, hold: true }, cosmovisor], { kind: "held" }],
  [
    "exec --hold around cosmovisor",
    [cosmovisor, { ...exec, hold: true }],
    { kind: "arrives", end: { kind: "exited", code: 1 } },
  ],
  ["exec --announce around cosmovisor", [cosmovisor, announce], { kind: "arrives", end: halt }],
  ["tini -e 70", [tini], { kind: "arrives", end: { kind: "exited", code: 0 }, changedBy: "tini -e" }],
  ["a shell", [{ kind: "shell", name: "sh" }], { kind: "arrives", end: halt }],
  ["a shell's pipe", [{ kind: "shell", name: "sh", hides: "code" }], { kind: "unsure", because: "sh" }],
  [
    "a shell's pipe, announced",
    [{ kind: "shell", name: "sh", hides: "code" }, announce],
    { kind: "arrives", end: halt },
  ],
  [
    "a shell's pipe in exec --hold",
    [
      { kind: "shell", name: "sh", hides: "code" },
      { ...exec, hold: true },
    ],
    { kind: "unsure" },
  ],
  [
    "a shell's loop, announced",
    [{ kind: "shell", name: "sh", hides: "end" }, announce],
    { kind: "unsure", because: "sh" },
  ],
  [
    "a script that was not seen, announced",
    [{ kind: "shell", name: "sh", hides: "unseen" }, announce],
    { kind: "unsure", because: "sh" },
  ],
  ["docker run", [client], { kind: "arrives", end: halt, client }],
  ["exec --hold around docker run", [client, { ...exec, hold: true }], { kind: "held", client }],
  [
    "exec --announce around docker compose up",
    [{ ...client, hides: "it hands no exit code on" }, announce],
    { kind: "unsure", because: "docker run" },
  ],
  ["an unknown program", [{ kind: "unknown", name: "x" }], { kind: "unsure", because: "x" }],
])("a halt through %s", (_, between, arrival) => {
  expect(through(...between)).toMatchObject(arrival as object);
});

test("a crash is held by nothing, and a signal becomes an exit code", () => {
  const killed = arrivalOf({ kind: "signalled", signal: "KILL" }, [{ ...announce, hold: true }], false);
  expect(killed).toMatchObject({ kind: "arrives", end: { kind: "exited", code: 137 } });
});

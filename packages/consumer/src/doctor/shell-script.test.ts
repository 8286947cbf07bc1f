import { expect, test } from "vitest";
import { betweenInCommand } from "./command-chain.ts";
import { shellFate } from "./shell-script.ts";

test.each([
  "seid start",
  "exec seid start",
  "exec seid start 2>&1",
  "exec seid start >>/log/seid 2>&1",
  "FOO=1 exec seid start --home '/data; x'",
  "set -eu; cd /data && exec seid start",
  "until test -f /ready; do sleep 1; done; exec seid start",
  "while ! wget -q http://x; do sleep 1; done\nexec seid start",
  'mkdir -p "$HOME/a|b"; seid start # | tee',
  "set -o pipefail; seid start 2>&1 | tee /log",
  'if [ -f /x ]; then echo "seid | tee"; fi; seid start',
])("the code of the node arrives from the shell's script %j", (script) => {
  expect(shellFate(["bash", "-c", script])).toMatchObject({ command: expect.arrayContaining(["seid"]) });
  expect(shellFate(["bash", "-c", script]).hides).toBeUndefined();
});

test.each([
  ["seid | tee", "code"],
  ["seid start 2>&1 | tee /log", "code"],
  ["seid start |& tee /log", "code"],
  ["exec seid start | tee /log", "code"],
  ["set -o pipefail; seid start | tee /log; true", "code"],
  ["seid start || true", "code"],
  ["seid start; echo done", "code"],
  ["seid start\necho done", "code"],
  ["seid start & wait", "code"],
  ["! seid start", "code"],
  ["if seid start; then true; fi", "code"],
  ["(seid start)", "code"],
  ["seid init; seid start", "code"],
  ["cat <<EOF\nx\nEOF\nexec seid start", "unseen"],
  ['eval "while true; do seid start; done"', "unseen"],
  [". /start.sh", "unseen"],
  ["while true; do seid start; done", "end"],
  ["until seid start; do sleep 1; done", "end"],
  ["for i in 1 2 3; do seid start && break; done", "end"],
  ["", "unseen"],
] as const)("the code of the node may not arrive from %j: %s", (script, hides) => {
  expect(shellFate(["sh", "-c", script]).hides).toBe(hides);
});

test("a pipe hands the code on where the shell is told so by an option", () => {
  expect(shellFate(["bash", "-eo", "pipefail", "-c", "seid | tee"]).hides).toBeUndefined();
  expect(shellFate(["bash", "-o", "pipefail", "-c", "seid | tee"]).hides).toBeUndefined();
  expect(shellFate(["bash", "-ec", "seid | tee"]).hides).toBe("code");
});

test("of the script in a file nothing is known", () => {
  expect(shellFate(["sh", "/start.sh", "-c", "exec seid"]).hides).toBe("unseen");
});

test.each([
  [["sh", "-c", "seid | tee"], [{ kind: "shell", hides: "code" }]],
  [["tini", "--", "sh", "-c", "exec seid"], [{ kind: "init" }]],
  [
    ["dumb-init", "sh", "-c", "seid | tee"],
    [{ kind: "shell", hides: "code" }, { kind: "init" }],
  ],
  [
    ["gosu", "sei", "bash", "-lc", "seid; true"],
    [{ kind: "shell", hides: "code" }, { kind: "passes-on" }],
  ],
  [["sh", "-c", "exec upgrade-halt exec --announce -- seid start"], [{ kind: "exec", announce: true }]],
  [
    ["su", "sei", "-c", "seid start || true"],
    [{ kind: "shell", hides: "code" }, { kind: "passes-on" }],
  ],
  [["runuser", "-u", "sei", "--command", "exec seid start"], [{ kind: "passes-on" }]],
  [
    ["upgrade-halt", "exec", "--announce", "--home", "/h", "sh", "/start.sh"],
    [{ kind: "shell", hides: "unseen" }, { kind: "exec" }],
  ],
  [["sudo", "docker", "compose", "up"], [{ kind: "client" }]],
  [["flock", "/x", "/usr/bin/podman", "start", "sei"], [{ kind: "client" }]],
  [["sh", "-c", "exec docker run sei seid start"], [{ kind: "client" }]],
  [
    ["upgrade-halt", "exec", "--hold", "--", "docker", "start", "-a", "sei"],
    [{ kind: "client" }, { kind: "exec" }],
  ],
  [["seid", "start", "--moniker", "docker"], []],
  [["sh", "-c", 'exec "$@"', "x", "cosmovisor", "run", "start"], [{ kind: "cosmovisor" }]],
  [
    ["upgrade-halt", "exec", "--announce", "--", "sh", "-c", "while true; do seid; done"],
    [{ kind: "shell", hides: "end" }, { kind: "exec" }],
  ],
])("between a supervisor and the node of %j", (args, between) => {
  expect(betweenInCommand(args)).toMatchObject(between);
  expect(betweenInCommand(args)).toHaveLength(between.length);
});

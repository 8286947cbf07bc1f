import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const MAIN = join(import.meta.dirname, "..", "main.ts");
const TELL_LOADED = `import { registerHooks } from "node:module";
registerHooks({ load(url, context, next) {
  if (url.includes("/node_modules/")) process.stderr.write(url.split("/node_modules/").at(-1).split("/")[0] + "\\n");
  return next(url, context);
} });`;

function dependenciesOf(...args: string[]): ReadonlySet<string> {
  const preload = `data:text/javascript,${encodeURIComponent(TELL_LOADED)}`;
  const { stderr } = spawnSync(process.execPath, ["--import", preload, MAIN, ...args], { encoding: "utf8" });
  return new Set(stderr.trim().split("\n"));
}

test.each([[["explain", "70"]], [["systemd-hook", "--help"]]])(
  "%j loads neither an HTTP client nor schemas, so that what runs at each end of a node starts at once",
  (args) => {
    expect([...dependenciesOf(...args)]).toEqual(["commander"]);
  },
);

test("a wrapper that announces loads no HTTP client that compiles itself, which would keep it from ending at once", () => {
  const announcing = ["exec", "--announce", "--rpc", "http://127.0.0.1:1", "--", "true"];
  expect([...dependenciesOf(...announcing)]).not.toContain("undici");
  expect([...dependenciesOf(...announcing)]).toContain("commander");
});

test("completions know every command, so all are loaded for them", () => {
  expect([...dependenciesOf("completion", "bash")].toSorted()).toEqual(["commander", "undici", "zod"]);
});

const PROGRAM = join(import.meta.dirname, "../../bin/upgrade-halt.js");
const TELL_BUILT_IN = `process.on("exit", () => process._rawDebug(process.moduleLoadList.join("\\n")));`;
const ENDED = { SERVICE_RESULT: "exit-code", EXIT_CODE: "exited", EXIT_STATUS: "70" };

/** The dear ones of those modules of Node itself that the built program loads. */
function dearModulesOf(...args: string[]): readonly string[] {
  const preload = `data:text/javascript,${encodeURIComponent(TELL_BUILT_IN)}`;
  const { stderr } = spawnSync(process.execPath, ["--import", preload, PROGRAM, ...args], {
    encoding: "utf8",
    env: { ...process.env, ...ENDED },
  });
  const loaded = stderr.match(/(?<=^NativeModule )\S+/gm) ?? [];
  expect(loaded).toContain("stream");
  return loaded.filter((name) => DEAR.includes(name));
}

/** A WebSocket client, TLS, the starter of programs, HTTP, and what reads lines of a terminal. */
const DEAR = [
  "internal/deps/undici/undici",
  "_tls_wrap",
  "child_process",
  "_http_client",
  "internal/readline/interface",
];

test.each([
  [["explain", "70"], []],
  [["systemd-hook"], []],
  [["check", "http://127.0.0.1:1", "--expect-not-halted"], ["_http_client"]],
])("of what is dear in Node itself, the built %j loads %j alone", (args, expected) => {
  expect(dearModulesOf(...args)).toEqual(expected);
});

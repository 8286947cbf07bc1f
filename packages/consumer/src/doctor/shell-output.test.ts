import { expect, test } from "vitest";
import { commandOfExec, outputIn } from "./command-chain.ts";

const of = (script: string) => outputIn(["bash", "-c", script]);

test.each([
  ["exec seid start >> /log 2>&1", "/log"],
  ["exec seid start > '/a b' 2>&1", "/a b"],
  ["seid start 1>/log", "/log"],
  ["seid start 2>/dev/null", "/dev/null"],
  ["exec seid start &>/log", "/log"],
  ["exec seid start &>> /log", "/log"],
  ["exec seid start >& /log", "/log"],
  ["exec seid start >|/log", "/log"],
  ["exec seid start 2>&-", "/dev/null"],
  ["exec seid start 2>&1 >/log", "/log"],
  ["exec 3>/log; exec seid start >&3 2>&3", "/log"],
  ["exec >>/log 2>&1\nexec seid start", "/log"],
  ["{ seid start; } >/log 2>&1", "/log"],
  ["(cd /x; seid start) 2>/log", "/log"],
  ["while true; do seid start; done >>/log", "/log"],
  ["seid start | tee /log >/dev/null", "/dev/null"],
  ["seid start 2>&1 | cat >/log", "/log"],
  ["seid start 2>&1 | grep -v x | rotatelogs /log 86400", "rotatelogs"],
  ["seid start 2>&1 | /usr/bin/logger -t seid", "logger"],
  ["seid init; seid start >/log", "/log"],
  ["trap 'date' EXIT; seid start >/log", "/log"],
  ["exec sh -c 'exec seid start >/inner' >/outer", "/inner"],
])("the node's output goes elsewhere in %j", (script, place) => {
  expect(of(script)).toBe(place);
});

test.each([
  "exec seid start",
  "exec seid start 2>&1",
  "exec seid start >&2",
  "exec seid start 3>/log </dev/null",
  "exec seid start >/dev/stdout 2>/dev/stderr",
  "exec seid start >/proc/self/fd/2",
  "exec seid start >/proc/1/fd/1 2>&1",
  "seid start 2>&1 | tee /log",
  "exec > >(tee /log) 2>&1; exec seid start",
  "echo x > /ready; exec seid start",
  "{ echo x; } >/log; exec seid start",
  "seid start --moniker 'a > b'",
])("the node's output is the shell's own in %j", (script) => {
  expect(of(script)).toBeUndefined();
});

test("what exec reads is told apart from what it writes", () => {
  const outer = ["sh", "-c", "exec upgrade-halt exec --announce -- seid start >/log"];
  expect([outputIn(outer), outputIn(commandOfExec(outer) ?? [])]).toEqual(["/log", undefined]);
  const inner = ["tini", "--", "upgrade-halt", "exec", "--", "sh", "-c", "exec seid start >/log"];
  expect([outputIn(inner), outputIn(commandOfExec(inner) ?? [])]).toEqual(["/log", "/log"]);
  expect(commandOfExec(["seid", "start"])).toBeUndefined();
});

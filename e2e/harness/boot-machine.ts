/**
 * Boots a machine in namespaces of its own and keeps it for as long as standard input is open, whatever becomes of the
 * process that holds it: `node boot-machine.ts FOLDER NAMESPACES BOOT`, where the script BOOT is given FOLDER and becomes the
 * machine's first process. Then it ends every process of the machine and removes its groups and FOLDER.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { until } from "@upgrade-halt/testing";
import { initOf, makeGroups, removeGroup, thawGroup } from "./namespaces.ts";

const [folder = "", namespaces = "", boot = ""] = process.argv.slice(2);
const groups = makeGroups(`upgrade-halt-${process.pid}-${Date.now()}`);
const enter = groups.map((group) => `echo $$ > '${group}/cgroup.procs'`).join("; ");
const script = `${enter}; exec unshare ${namespaces} --kill-child sh "$@"`;
const machine = spawn("sh", ["-c", script, "sh", boot, folder], { stdio: ["ignore", "inherit", "inherit"] });
const ended = once(machine, "exit");
await once(process.stdin.resume(), "close");
// A first process that ends takes all others along, and its parent ends after it.
if (machine.exitCode === null) process.kill(initOf(machine.pid) ?? machine.pid ?? 0, "SIGKILL");
for (const group of groups.filter((path) => path.includes("/freezer/"))) thawGroup(group);
await ended;
await until("the machine's processes to be gone", () => groups.map(removeGroup).every((removed) => removed));
rmSync(folder, { recursive: true });

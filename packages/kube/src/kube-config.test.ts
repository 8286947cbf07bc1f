import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

/** Imports the module in a Node of its own and prints every module that this loads. */
const PRINT_LOADED = `
import { registerHooks } from "node:module";
registerHooks({ load: (url, context, next) => { console.log(url); return next(url, context); } });
await import(process.argv[1]);
`;

test("reading a kubeconfig loads client-node's KubeConfig and none of its models and API classes", async () => {
  const module = new URL("kube-config.ts", import.meta.url).href;
  const args = ["--input-type=module", "--eval", PRINT_LOADED, module];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const loaded = stdout.split("\n").filter((url) => url.includes("/@kubernetes/client-node/"));
  expect(loaded.some((url) => url.endsWith("/dist/config.js"))).toBe(true);
  expect(loaded.filter((url) => /\/gen\/(models|apis|types)\//.test(url))).toEqual([]);
});

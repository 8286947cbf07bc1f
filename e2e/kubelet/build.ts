/**
 * Builds a kubelet and the program of the pods' first containers into a cache folder outside the tree, and `upgrade-halt` as one
 * file among the test results. A kubelet that is cached is not built again.
 */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { makeExecutable, OWN_NODE } from "@upgrade-halt/executable";
import { linkerFlags } from "../control-plane/linker-flags.ts";
import { goBuild } from "../harness/go-build.ts";
import { whyNoKubelet } from "./node.ts";
import { cacheFolder, KUBELET_VERSION, kubeletPath, oneFilePath, pausePath } from "./programs.ts";

const reason = whyNoKubelet();
if (reason !== undefined) {
  process.stderr.write(`no kubelet is built, for none can run here: ${reason}\n`);
  process.exit(0);
}
mkdirSync(cacheFolder(), { recursive: true });
goBuild({
  what: "The pods' first program",
  target: pausePath(),
  module: join(import.meta.dirname, "pause"),
  package: ".",
  linkerFlags: "-s -w",
  env: { ...process.env, CGO_ENABLED: "0" },
});
if (!existsSync(kubeletPath())) {
  goBuild({
    what: "The kubelet",
    target: kubeletPath(),
    module: join(import.meta.dirname, "../control-plane/kubernetes", KUBELET_VERSION),
    package: "k8s.io/kubernetes/cmd/kubelet",
    linkerFlags: linkerFlags(KUBELET_VERSION),
  });
}
// It is of the checkout, so it is made anew each time.
await makeExecutable({ node: OWN_NODE, target: oneFilePath() });

/** How the command becomes one file, for proofs that need one of their own. */
export { bundle } from "./bundle.ts";
export { makeExecutable, OWN_NODE } from "./executable.ts";

/** How the command becomes one file, and how to tell what is in it. */
export { bundledIn } from "./bundled.ts";
export { makeExecutable, OWN_NODE } from "./executable.ts";
export { type NpmPackage, packageOf } from "./package-of.ts";

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { archiveImages, type ImageConfig } from "../harness/image-archive.ts";
import { copyLibraries, copyLibrariesOf, copyProgram } from "./runtime-files.ts";

/** What `npx`, and the scripts that packages are built with, run. */
const TOOLS = ["sh", "env", "basename", "dirname", "sed", "uname"];
/** How this machine's programs are told to reach a package registry. */
const REACHES_REGISTRY = /^(NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|(https?|no)_proxy|npm_config_registry)$/i;
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** Writes an archive, as `docker load` takes it, of an image with Node and npm, made of this machine's files; its path. */
export function writeBuildBase(folder: string, tag: string): string {
  const root = join(folder, "root");
  mkdirSync(join(root, "usr/bin"), { recursive: true });
  symlinkSync("usr/bin", join(root, "bin"));
  copyProgram(root, process.execPath, "/usr/bin/node");
  for (const tool of TOOLS) copyProgram(root, which(tool), `/usr/bin/${tool}`);
  // The programs that packages bring along are linked with these.
  copyLibraries(root, ["librt.so.1", "libutil.so.1"]);
  const npm = dirname(dirname(realpathSync(which("npm"))));
  cpSync(npm, join(root, "usr/lib/npm"), { recursive: true, verbatimSymlinks: true });
  for (const name of ["npm", "npx"])
    symlinkSync(`../lib/npm/bin/${name}-cli.js`, join(root, "usr/bin", name));
  const passed = Object.entries(process.env).filter(([name]) => REACHES_REGISTRY.test(name));
  const files = [CERTIFICATES, ...passed.map(([, value = ""]) => value)].filter(
    (value) => value.startsWith("/") && existsSync(value),
  );
  for (const file of files) cpSync(realpathSync(file), join(root, file));
  mkdirSync(join(root, "tmp"));
  const Env = ["PATH=/usr/bin", "HOME=/root", ...passed.map(([name, value]) => `${name}=${value}`)];
  return archive(folder, tag, { Env });
}

/** The same of an image that has Node where the distroless ones have it, and nothing else. */
export function writeRunBase(folder: string, tag: string): string {
  copyProgram(join(folder, "root"), process.execPath, "/nodejs/bin/node");
  return archive(folder, tag, {});
}

/** The same of an image that has the libraries of Node alone: neither a shell nor any other program. */
export function writeLibrariesBase(folder: string, tag: string): string {
  copyLibrariesOf(join(folder, "root"), process.execPath);
  return archive(folder, tag, {});
}

function archive(folder: string, tag: string, config: ImageConfig): string {
  return archiveImages(folder, join(folder, "root"), { [tag]: config });
}

function which(program: string): string {
  return execFileSync("which", [program], { encoding: "utf8" }).trim();
}

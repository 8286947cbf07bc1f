import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { CONSUMER } from "./bundle.ts";
import { MAN_PAGES } from "./man-pages.ts";
import { SHELLS } from "./shells.ts";

const HERE = join(import.meta.dirname, "../debian");
const MAINTAINER_SCRIPTS = ["prerm", "postrm"];

/** The program's other names, by which kubectl finds it as its plugin. */
const LINKS = ["kubectl-upgrade_halt", "kubectl_complete-upgrade_halt"];

/** Where Debian looks for a shell's completions. */
const COMPLETIONS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: "usr/share/bash-completion/completions/upgrade-halt",
  zsh: "usr/share/zsh/vendor-completions/_upgrade-halt",
  fish: "usr/share/fish/vendor_completions.d/upgrade-halt.fish",
};

export interface DebianOptions {
  readonly executable: string;
  /** The folder with the completions, a file for each shell. */
  readonly completions: string;
  readonly version: string;
  /** Debian's name of the machine: `amd64`, `arm64`. */
  readonly architecture: string;
  readonly target: string;
}

/**
 * Makes a Debian package of the executable and of what belongs to it. The same files give the same bytes: all times in it are
 * `SOURCE_DATE_EPOCH`.
 */
export function makeDebian({ executable, completions, version, architecture, target }: DebianOptions): void {
  const root = `${target}.root`;
  rmSync(root, { recursive: true, force: true });
  const place = (file: string, content: string | Uint8Array, mode = 0o644) => {
    const path = join(root, file);
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    writeFileSync(path, content);
    chmodSync(path, mode);
  };
  const read = (file: string) => readFileSync(join(HERE, file), "utf8");
  place(
    "DEBIAN/control",
    read("control").replace("VERSION", debianVersion(version)).replace("ARCHITECTURE", architecture),
  );
  for (const script of MAINTAINER_SCRIPTS) place(`DEBIAN/${script}`, read(script), 0o755);
  place("usr/lib/systemd/system/upgrade-halt@.service", read("upgrade-halt@.service"));
  for (const page of MAN_PAGES) {
    const text = readFileSync(join(CONSUMER, "man", page));
    place(`usr/share/man/man1/${page}.gz`, gzipSync(text, { level: 9 }));
  }
  place("usr/share/doc/upgrade-halt/copyright", readFileSync(join(import.meta.dirname, "../../../LICENSE")));
  for (const shell of SHELLS) place(COMPLETIONS[shell], readFileSync(join(completions, shell)));
  mkdirSync(join(root, "usr/bin"), { recursive: true });
  copyFileSync(executable, join(root, "usr/bin/upgrade-halt"));
  chmodSync(join(root, "usr/bin/upgrade-halt"), 0o755);
  for (const link of LINKS) symlinkSync("upgrade-halt", join(root, "usr/bin", link));
  // One thread: how xz cuts its blocks depends on their number.
  const flags = ["--root-owner-group", "-Zxz", "-z1", "--threads-max=1"];
  execFileSync("dpkg-deb", [...flags, "--build", root, target], { stdio: "ignore" });
  rmSync(root, { recursive: true });
}

/** A pre-release sorts before its release: `1.2.0-rc.1` is `1.2.0~rc.1` to Debian. */
export function debianVersion(version: string): string {
  return version.replace("-", "~");
}

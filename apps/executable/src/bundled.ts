/** The first line of the script: what it was bundled of, so that whoever has the file alone can list it. */
const LINE = /\/\* bundled: ([^*\n]+) \*\//;

/** The line that says which packages, each as `name@version`, a script was bundled of. */
export function bundledLine(packages: readonly string[]): string {
  return `/* bundled: ${packages.join(" ")} */\n`;
}

/** The packages that a file says it was bundled of, as `name@version`; none for any other file. */
export function bundledIn(bytes: Buffer): readonly string[] {
  const start = bytes.indexOf("/* bundled: ");
  if (start < 0) return [];
  const [, packages = ""] = LINE.exec(bytes.subarray(start, start + 64 * 1024).toString("utf8")) ?? [];
  return packages.split(" ").filter((one) => one.includes("@"));
}

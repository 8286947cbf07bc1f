import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { imageSbom } from "./image-sbom.ts";
import { bomProblems } from "./testing/bom-problems.ts";

const IMAGE = { name: "mini-controller:latest", digest: "sha256:0" };

function folderWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "upgrade-halt-sbom-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

function file(path: string, content: string) {
  const hashes = [{ alg: "SHA-256", content: createHash("sha256").update(content).digest("hex") }];
  return { type: "file", name: path, hashes };
}

test("an image's SBOM has the packages of npm with their files, Debian's packages, and every other file, as the schema of CycloneDX wants it", async () => {
  const manifest = '{"name":"@scope/tool","version":"1.2.3","license":"MIT"}';
  const debian = "Package: tzdata\nVersion: 2026a-0+deb12u1\nArchitecture: all\n";
  const root = folderWith({
    "app/package.json": manifest,
    "app/dist/package.json": '{"type":"module"}',
    "etc/passwd": "nobody",
    "var/lib/dpkg/status.d/tzdata": debian,
    "var/lib/dpkg/status.d/tzdata.md5sums": "",
  });
  symlinkSync("passwd", join(root, "etc/link"));

  const bom = imageSbom(root, IMAGE);
  expect(bom).toEqual({
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: { type: "container", name: IMAGE.name, version: IMAGE.digest } },
    components: [
      {
        type: "library",
        name: "@scope/tool",
        version: "1.2.3",
        licenses: [{ license: { name: "MIT" } }],
        purl: "pkg:npm/%40scope/tool@1.2.3",
        components: [
          file("/app/dist/package.json", '{"type":"module"}'),
          file("/app/package.json", manifest),
        ],
      },
      {
        type: "library",
        name: "tzdata",
        version: "2026a-0+deb12u1",
        purl: "pkg:deb/debian/tzdata@2026a-0%2Bdeb12u1?arch=all",
      },
      file("/etc/passwd", "nobody"),
      file("/var/lib/dpkg/status.d/tzdata", debian),
      file("/var/lib/dpkg/status.d/tzdata.md5sums", ""),
    ],
  });
  expect(await bomProblems(JSON.stringify(bom))).toEqual([]);
  expect(
    await bomProblems(JSON.stringify({ ...bom, components: [{ type: "folder", name: "etc" }] })),
  ).not.toEqual([]);
});

test("a program that is made of a Node says which one, and what was bundled into it", () => {
  const program =
    "\x7fELF ... https://nodejs.org/download/release/v24.1.0/node-v24.1.0.tar.gz ... /* bundled: @scope/tool@1.2.3 zod@4.0.0 */\n";
  const script = "/* bundled: zod@4.0.0 */\n";
  const root = folderWith({ "usr/bin/tool": program, "usr/bin/script": script });

  expect(imageSbom(root, IMAGE).components).toEqual([
    file("/usr/bin/script", script),
    {
      ...file("/usr/bin/tool", program),
      components: [
        { type: "application", name: "node", version: "24.1.0", purl: "pkg:generic/node@24.1.0" },
        { type: "library", name: "@scope/tool", version: "1.2.3", purl: "pkg:npm/%40scope/tool@1.2.3" },
        { type: "library", name: "zod", version: "4.0.0", purl: "pkg:npm/zod@4.0.0" },
      ],
    },
  ]);
});

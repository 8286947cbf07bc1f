import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";
import { REPORTS } from "./api-files.ts";
import { type Package, publishedPackages } from "./packages.ts";

/** The public types of one entry of a package, as a person reads them. */
export interface ApiReport {
  readonly package: string;
  /** Relative to the root. */
  readonly file: string;
  /** As the built types have it. */
  readonly text: string;
  /** As it is committed; empty where it is not. */
  readonly committed: string;
}

/** What each entry of the published packages has in public types. They must be built. */
export function apiReports(root: string): readonly ApiReport[] {
  const folder = mkdtempSync(join(tmpdir(), "api-"));
  try {
    return publishedPackages(root).flatMap((one) =>
      entriesOf(one).map(({ name, types }) => {
        const file = `${REPORTS}/${name}.api.md`;
        const committed = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";
        return {
          package: one.manifest.name,
          file,
          committed,
          text: reportOf(root, one, name, types, folder),
        };
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each export that has types, under the name of its report: `producer` and `producer-fastify`. */
function entriesOf({
  folder,
  manifest,
}: Package): readonly { readonly name: string; readonly types: string }[] {
  const short = folder.replace(/^.*\//, "");
  return Object.entries(manifest.exports ?? {}).flatMap(([path, target]) => {
    const types =
      typeof target === "object" && target !== null && "types" in target ? String(target.types) : undefined;
    const name = [short, ...path.split("/").slice(1)].join("-");
    return types === undefined ? [] : [{ name, types }];
  });
}

function reportOf(
  root: string,
  { folder }: Package,
  name: string,
  types: string,
  reportFolder: string,
): string {
  const projectFolder = join(root, folder);
  mkdirSync(reportFolder, { recursive: true });
  const compilerOptions = {
    module: "nodenext",
    target: "es2024",
    lib: ["es2024", "esnext.disposable"],
    strict: true,
    skipLibCheck: true,
    types: ["node"],
    typeRoots: [join(root, "node_modules", "@types")],
  };
  const config = ExtractorConfig.prepare({
    configObject: {
      projectFolder,
      mainEntryPointFilePath: join(projectFolder, types),
      newlineKind: "lf",
      compiler: { overrideTsconfig: { compilerOptions, files: [join(projectFolder, types)] } },
      apiReport: {
        enabled: true,
        reportFolder,
        reportTempFolder: join(reportFolder, "temp"),
        reportFileName: `${name}.api.md`,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: "error" as never } },
        extractorMessageReporting: { default: { logLevel: "none" as never } },
        tsdocMessageReporting: { default: { logLevel: "none" as never } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(projectFolder, "package.json"),
  });
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback: (message) => {
      message.handled = message.logLevel !== "error";
    },
  });
  return readFileSync(join(reportFolder, `${name}.api.md`), "utf8");
}

/** `node release/src/main.ts COMMAND`: what the scripts `release:*` of the root run. `--help` lists the commands. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { setChartVersion } from "./chart-version.ts";
import { checkChangesets, checkedPlan } from "./check-changesets.ts";
import { writeClusterFiles } from "./cluster-files.ts";
import { writeExecutableFiles } from "./executable-files.ts";
import { writeMaterials } from "./materials.ts";
import { buildAnew } from "./pack.ts";
import { releasedPackages } from "./packages.ts";
import { renderPlan } from "./plan.ts";
import { publish } from "./publish.ts";
import { npmRegistry } from "./registry.ts";
import { ReleaseError } from "./release-error.ts";
import { repositoryAddress, requireForProvenance } from "./repository-address.ts";

const ROOT = dirname(dirname(import.meta.dirname));
const USAGE = `Usage: node release/src/main.ts COMMAND

  plan [--json]        what would be released, and why; changes nothing
  chart                gives the Helm chart the version of the controller
  publish [--provenance] [--repository URL]
                       publishes and tags each version that the registry lacks, after checking all of it
  api [--record]       whether docs/api has the public types of the built packages; with --record it gets them
  materials --out FOLDER [--repository URL]
                       tarballs, the Helm chart, the controller, the command as one file and as a Debian package, with
                       checksums, SBOMs and licences, to attach to a release
  image-sbom ARCHIVE   writes the SBOM of an image that \`docker save\` wrote beside its archive, as ARCHIVE.cdx.json
  check [--since REF]  each published package that changed since REF (default origin/main) has a changeset

URL is the public address of the repository, for the packed manifests; in a workflow of GitHub it is that one's unless said.
`;
const EXIT_USAGE = 64;

async function run(argv: readonly string[]): Promise<number> {
  const [command, ...args] = argv;
  switch (command) {
    case "plan": {
      const { values } = parseArgs({ args, options: { json: { type: "boolean", default: false } } });
      const plan = await checkedPlan(ROOT);
      process.stdout.write(
        values.json ? `${JSON.stringify({ releases: plan }, null, 2)}\n` : renderPlan(plan),
      );
      return 0;
    }
    case "chart": {
      const changed = setChartVersion(ROOT);
      process.stdout.write(`The chart ${changed ? "now has" : "has"} the version of the controller.\n`);
      return 0;
    }
    case "check": {
      const { values } = parseArgs({ args, options: { since: { type: "string", default: "origin/main" } } });
      await checkChangesets(ROOT, values.since);
      process.stdout.write(`Each published package that changed since ${values.since} has a changeset.\n`);
      return 0;
    }
    case "publish": {
      const options = {
        provenance: { type: "boolean", default: false },
        repository: { type: "string" },
      } as const;
      const { values } = parseArgs({ args, options });
      const repository = repositoryAddress(values.repository);
      if (values.provenance) requireForProvenance(repository);
      publish(ROOT, npmRegistry(ROOT, values), (line) => process.stdout.write(`${line}\n`), repository);
      return 0;
    }
    case "api": {
      const { values } = parseArgs({ args, options: { record: { type: "boolean", default: false } } });
      const { apiReports } = await import("./api-report.ts");
      const stale = apiReports(ROOT).filter(({ text, committed }) => text !== committed);
      for (const { file, text } of values.record ? stale : []) write(file, text);
      if (stale.length > 0 && !values.record)
        throw new ReleaseError(
          `${stale.map(({ file }) => file).join(", ")} differs from the built types: run \`pnpm run api:record\`.`,
        );
      return 0;
    }
    case "materials": {
      const options = { out: { type: "string" }, repository: { type: "string" } } as const;
      const { values } = parseArgs({ args, options });
      if (values.out === undefined) throw new ReleaseError("Say where to write to: --out FOLDER.");
      const out = resolve(values.out);
      const repository = repositoryAddress(values.repository);
      buildAnew(ROOT, releasedPackages(ROOT));
      writeClusterFiles(ROOT, out);
      writeExecutableFiles(ROOT, out);
      for (const file of writeMaterials(ROOT, out, repository)) process.stdout.write(`${file}\n`);
      return 0;
    }
    case "image-sbom": {
      const { positionals } = parseArgs({ args, allowPositionals: true });
      const [archive, ...others] = positionals;
      if (archive === undefined || others.length > 0) throw new ReleaseError("Name one archive of an image.");
      const { sbomOfArchive } = await import("./image-archive.ts");
      writeFileSync(`${archive}.cdx.json`, `${JSON.stringify(sbomOfArchive(resolve(archive)), null, 1)}\n`);
      process.stdout.write(`${archive}.cdx.json\n`);
      return 0;
    }
    case "--help":
      process.stdout.write(USAGE);
      return 0;
    default:
      process.stderr.write(
        `release: ${command === undefined ? "a command is missing" : `unknown command '${command}'`}\n${USAGE}`,
      );
      return EXIT_USAGE;
  }
}

function write(file: string, text: string): void {
  mkdirSync(dirname(join(ROOT, file)), { recursive: true });
  writeFileSync(join(ROOT, file), text);
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const usage = error instanceof TypeError && "code" in error;
  if (!(error instanceof ReleaseError) && !usage) throw error;
  process.stderr.write(`release: ${(error as Error).message}\n`);
  process.exitCode = usage ? EXIT_USAGE : 1;
}

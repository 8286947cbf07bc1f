import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** How an image runs as a process: its entrypoint, its default arguments, and the environment baked into it. */
export interface RunnableImage {
  readonly entrypoint: readonly string[];
  readonly defaultArgs: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly imageId: string;
}

const MOCK_NODE_REPOSITORY = "upgrade-halt.dev/mock-node";
const PAUSE_REPOSITORY = "registry.k8s.io/pause";

/** The releases of the mock node that exist: the plan names of facts.md and two to come. */
const MOCK_NODE_VERSIONS: readonly string[] =
  "v5.7.5 v5.8.0 v5.9.0 v6.0.0 v6.0.1 v6.0.2 v6.0.3 v6.0.4 v6.0.5 v6.0.6 v6.1.0 v6.1.4 v6.2.0 v6.3.0 v6.4.0 v6.5 v6.6 v6.7 v6.8 v6.9".split(
    " ",
  );

/** Many nodes run on one machine, and each does little: a young generation of 1 MiB does, and no compiled code is worth its room. */
const SMALL: readonly string[] = [
  "--max-semi-space-size=1",
  "--optimize-for-size",
  "--no-opt",
  "--no-maglev",
  "--no-sparkplug",
];

export function isRelease(version: string): boolean {
  return MOCK_NODE_VERSIONS.includes(version);
}

/** The digest of a mock-node release: of its name, so that anyone can compute it. */
function mockNodeDigest(version: string): string {
  return `sha256:${createHash("sha256").update(`${MOCK_NODE_REPOSITORY}:${version}`).digest("hex")}`;
}

/** The image that a reference names, or undefined when no registry has it. */
export function findImage(reference: string): RunnableImage | undefined {
  const { repository, tag, digest } = parseReference(reference);
  if (repository === PAUSE_REPOSITORY) {
    const imageId = `${repository}@sha256:${createHash("sha256").update(reference).digest("hex")}`;
    return { entrypoint: ["sleep", "infinity"], defaultArgs: [], env: {}, imageId };
  }
  if (repository !== MOCK_NODE_REPOSITORY) return undefined;
  const version = MOCK_NODE_VERSIONS.find((one) =>
    digest === "" ? one === tag : mockNodeDigest(one) === digest,
  );
  if (version === undefined) return undefined;
  return {
    entrypoint: [process.execPath, ...SMALL, mockNodeProgram()],
    defaultArgs: ["start"],
    env: { MOCK_NODE_IMAGE: version },
    imageId: `${repository}@${mockNodeDigest(version)}`,
  };
}

function parseReference(reference: string): { repository: string; tag: string; digest: string } {
  const [name = "", digest = ""] = reference.split("@", 2);
  const match = /^(.+?)(?::([\w][\w.-]*))?$/.exec(name);
  return { repository: match?.[1] ?? "", tag: match?.[2] ?? "latest", digest };
}

function mockNodeProgram(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve("@upgrade-halt/mock-node/package.json")), "bin", "mock-node.js");
}

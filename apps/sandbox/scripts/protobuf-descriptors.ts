/**
 * Makes `descriptors/kubernetes.json`, what the API server reads and writes protobuf by, from the published Go modules
 * of Kubernetes: messages and numbers from their generated.proto, and from the Go structs' tags how each field is called
 * in JSON, whether it is inlined there, and whether it is a pointer, whose zero is not nothing. Needs Go.
 */
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import protobuf from "protobufjs";
import { OPTIONS, PACKAGES, packageOf, REVIEWS } from "../src/api/protobuf/packages.ts";
import { BUILT_IN } from "../src/api/resources/built-in.ts";

/** Of the OpenAPI v2 document, which clients of Go read as protobuf alone. */
const GNOSTIC = { module: "github.com/google/gnostic-models", version: "v0.7.0" };
const VERSION = "v0.35.4";
const MODULES = ["k8s.io/api", "k8s.io/apimachinery", "k8s.io/apiextensions-apiserver"];
/** Not protobuf's own `options`: what protobufjs keeps of a field beside its number and type. */
interface Tag {
  readonly json: string;
  readonly inline: boolean;
  readonly pointer: boolean;
}

const folders = new Map(MODULES.map((module) => [module, folderOf(module)]));
const root = new protobuf.Root();
const tags = new Map<string, Tag>();
for (const name of new Set([...Object.values(PACKAGES), ...SHARED()])) load(name);
root.addJSON(protobuf.common.get("google/protobuf/any.proto")?.nested ?? {});
const openApi = join(folderOf(GNOSTIC.module, GNOSTIC.version), "openapiv2/OpenAPIv2.proto");
protobuf.parse(readFileSync(openApi, "utf8"), root, { keepCase: true });
root.resolveAll();

const kept = new Set<protobuf.Type>();
for (const { group, version, kind } of BUILT_IN) {
  keep(`${packageOf(group, version)}.${kind}`);
  keep(`${packageOf(group, version)}.${kind}List`);
}
for (const { apiVersion, kind } of [...REVIEWS, ...OPTIONS]) {
  const [version = "", group = ""] = apiVersion.split("/").toReversed();
  keep(`${packageOf(group, version)}.${kind}`);
}
keep("k8s.io.apimachinery.pkg.runtime.Unknown");
keep("openapi.v2.Document");
prune(root);
const file = join(import.meta.dirname, "../descriptors/kubernetes.json");
const note = `Made from ${MODULES.join(", ")} ${VERSION} (Apache License 2.0, The Kubernetes Authors) and ${GNOSTIC.module} ${GNOSTIC.version} (Apache License 2.0, Google LLC) by scripts/protobuf-descriptors.ts`;
writeFileSync(file, `${JSON.stringify({ note, ...root.toJSON() }, null, 1)}\n`);
process.stdout.write(`${file}: ${kept.size} messages\n`);

function SHARED(): readonly string[] {
  return ["meta.v1", "runtime", "runtime.schema", "util.intstr", "api.resource"].map((name) =>
    name === "meta.v1" ? "k8s.io.apimachinery.pkg.apis.meta.v1" : `k8s.io.apimachinery.pkg.${name}`,
  );
}

function folderOf(module: string, version = VERSION): string {
  const found = execFileSync("go", ["mod", "download", "-json", `${module}@${version}`], {
    encoding: "utf8",
  });
  return (JSON.parse(found) as { Dir: string }).Dir;
}

function load(name: string): void {
  const path = name
    .replace("apiextensions_apiserver", "apiextensions-apiserver")
    .replaceAll(".", "/")
    .replace("k8s/io", "k8s.io");
  const module = MODULES.find((one) => path.startsWith(`${one}/`)) ?? "";
  const proto = join(folders.get(module) ?? "", path.slice(module.length), "generated.proto");
  protobuf.parse(readFileSync(proto, "utf8"), root, { keepCase: true });
  for (const source of globSync("*types*.go", { cwd: dirname(proto) }))
    readTags(name, join(dirname(proto), source));
}

/** Go's struct tags: `json:"replicas,omitempty" protobuf:"varint,1,opt,name=replicas"`. */
function readTags(name: string, source: string): void {
  let struct = "";
  for (const line of readFileSync(source, "utf8").split("\n")) {
    struct = /^type (\w+) struct \{/.exec(line)?.[1] ?? struct;
    const [, type = "", json, protobufName] =
      /^\t(?:\w+\s+)?(\S+)\s+`.*?json:"([^"]*)".*?protobuf:"[^"]*name=(\w+)[^"]*"`/.exec(line) ?? [];
    if (json === undefined || protobufName === undefined) continue;
    const [own = ""] = json.split(",");
    tags.set(`${name}.${struct}.${protobufName}`, {
      json: own,
      inline: json === ",inline",
      pointer: type.startsWith("*") || !json.includes(",omit"),
    });
  }
}

function keep(name: string): void {
  visit(root.lookupType(name));
}

function visit(type: protobuf.Type): void {
  if (kept.has(type)) return;
  kept.add(type);
  for (const field of type.fieldsArray) {
    const tag = tags.get(`${type.fullName.slice(1)}.${field.name}`);
    if (tag?.inline) field.setOption("inline", true);
    else if (tag !== undefined && tag.json !== field.name) field.setOption("json", tag.json);
    if (tag?.pointer) field.setOption("pointer", true);
    if (field.resolvedType instanceof protobuf.Type) visit(field.resolvedType);
  }
}

/** Takes away what nothing served is made of. */
function prune(namespace: protobuf.NamespaceBase): void {
  for (const one of [...namespace.nestedArray]) {
    if (one instanceof protobuf.Type ? !kept.has(one) : one instanceof protobuf.Enum) namespace.remove(one);
    else if (one instanceof protobuf.Namespace) prune(one);
    if (one instanceof protobuf.Namespace && !(one instanceof protobuf.Type) && one.nestedArray.length === 0)
      namespace.remove(one);
    delete one.options;
  }
}

import { readFileSync } from "node:fs";
import protobuf from "protobufjs";
import { OPTIONS, packageOf } from "./packages.ts";

/** Made by `scripts/protobuf-descriptors.ts`; read when the first protobuf comes. */
const FILE = new URL("../../../descriptors/kubernetes.json", import.meta.url);

let read: protobuf.Root | undefined;

function root(): protobuf.Root {
  if (read === undefined) {
    read = protobuf.Root.fromJSON(JSON.parse(readFileSync(FILE, "utf8")));
    read.resolveAll();
  }
  return read;
}

/** What a body names as its type. */
export interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Every protobuf body's frame (k8s.io/apimachinery pkg/runtime Unknown). */
export function envelope(): protobuf.Type {
  return root().lookupType("k8s.io.apimachinery.pkg.runtime.Unknown");
}

/** OpenAPI v2 as `github.com/google/gnostic-models` has it. */
export function openApiV2(): protobuf.Type {
  return root().lookupType("openapi.v2.Document");
}

/** The message of a kind; undefined for one that is not served in protobuf. */
export function messageOf({ apiVersion, kind }: TypeMeta): protobuf.Type | undefined {
  const isOption = OPTIONS.some((one) => one.kind === kind);
  const [version = "", group = ""] = (isOption ? "meta.k8s.io/v1" : apiVersion).split("/").toReversed();
  const name = packageOf(group, version);
  const found =
    name === undefined || !/^\w+$/.test(kind) ? null : root().lookup(`${name}.${kind}`, [protobuf.Type]);
  return found instanceof protobuf.Type ? found : undefined;
}

/** How a field of a message stands in JSON. */
export interface JsonField {
  readonly name: string;
  /** Its members stand among those of the message that holds it. */
  readonly inline: boolean;
  /** Its zero value is not nothing. */
  readonly keepsZero: boolean;
}

export function jsonField({ name, options }: protobuf.Field): JsonField {
  const json: unknown = options?.json;
  return {
    name: typeof json === "string" ? json : name,
    inline: options?.inline === true,
    keepsZero: options?.pointer === true,
  };
}

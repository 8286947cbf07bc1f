/** A field of the wire form: its name, the type of Go's struct field, and when a writer leaves it out. */
export interface WireField {
  readonly name: string;
  readonly type: "int" | "int64" | "string" | "time";
  readonly omitted: "never" | "when empty" | "when 0";
}

/** The fields of a halt intent in wire order. Append-only, as the codes are. */
export const HALT_INTENT_FIELDS = [
  { name: "reason", type: "int", omitted: "never" },
  { name: "reason_string", type: "string", omitted: "never" },
  { name: "plan_name", type: "string", omitted: "when empty" },
  { name: "height", type: "int64", omitted: "when 0" },
  { name: "info", type: "string", omitted: "when empty" },
  { name: "announced_at", type: "time", omitted: "never" },
] as const satisfies readonly WireField[];

/** The wire's name of a field. */
export type FieldName = (typeof HALT_INTENT_FIELDS)[number]["name"];

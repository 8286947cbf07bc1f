import { z } from "zod";

/** An object with these fields and no others; whoever gives another is told which there are. */
export function strictly<const S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys" && Array.isArray(issue.keys)
        ? `has no ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}; it may have ${Object.keys(shape).join(", ")}`
        : undefined,
  });
}

import { renameSync, writeFileSync } from "node:fs";

/** Writes a file so that whoever sees it under its name sees all of it, also when the process dies on the way. */
export function writeWhole(path: string, text: string, mode = 0o644): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, path);
}

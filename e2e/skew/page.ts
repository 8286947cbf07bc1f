import { tablePage } from "../harness/shown-table.ts";

/** docs/compatibility.md, whose tables these tests make; `UPDATE_COMPATIBILITY=1` has them written. */
export const PAGE = tablePage("compatibility.md", { by: "test:skew", update: "UPDATE_COMPATIBILITY" });

import { tablePage } from "../harness/shown-table.ts";

/** docs/supervisors.md, whose tables its suites make; `UPDATE_SUPERVISORS=1` has them written. */
export const PAGE = tablePage("supervisors.md", { by: "test:supervisors", update: "UPDATE_SUPERVISORS" });

/** Where the reports of the public types are, relative to the root. Apart from what makes them: that takes seconds to load. */
export const REPORTS = "docs/api";

/** Whether a file is one of them. The reference beside them is made of the same packages, and says nothing of its own. */
export function isReport(file: string): boolean {
  return file.startsWith(`${REPORTS}/`) && file.endsWith(".api.md");
}

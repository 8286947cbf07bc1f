/** Where the reports of the public types are, relative to the root. Apart from what makes them: that takes seconds to load. */
export const REPORTS = "docs/api";

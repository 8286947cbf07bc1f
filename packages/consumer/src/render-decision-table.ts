import { CHOICES, DECISIONS, type Decision } from "./decision-table.ts";

/** The decision table as Markdown, for the documentation. */
export function renderDecisionTable(): string {
  const rows = Object.values<Decision>(DECISIONS).map(
    ({ verdict, condition, action, page, reason, choice }) =>
      `| ${verdict} | ${condition} | ${action} | ${page ? "yes" : "no"} | \`${reason}\` | ${choicesOf(choice)} |`,
  );
  return [
    "| verdict | when | action | page | reason | a policy may ask for |",
    "|---|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

function choicesOf(choice: Decision["choice"]): string {
  return choice === undefined ? "" : `\`${choice}\`: ${CHOICES[choice].slice(1).join(", ")}`;
}

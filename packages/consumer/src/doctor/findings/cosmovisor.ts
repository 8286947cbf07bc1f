import { printable, quotedName } from "../../printable.ts";
import type { UpgradeInfoFile } from "../../upgrade-info-file.ts";
import type { CosmovisorFacts, Facts, PreparedUpgrade } from "../facts.ts";
import { type Finding, notChecked, ok, todo } from "../finding.ts";

/** Whether cosmovisor's folder is ready for what is listed, and what upgrade-info.json says. */
export function cosmovisorFindings({ cosmovisor, upgradeInfo }: Facts): Finding[] {
  return [
    ...(cosmovisor === undefined ? [] : folderFindings(cosmovisor)),
    ...(upgradeInfo === undefined ? [] : [fileFinding(upgradeInfo)]),
  ];
}

function folderFindings(facts: CosmovisorFacts): Finding[] {
  const { folder, hasCurrent, upgrades } = facts;
  const current = hasCurrent
    ? []
    : [
        todo(
          "cosmovisor",
          `There is no program under ${printable(folder)}/current.`,
          "Run cosmovisor init, or mend the link.",
        ),
      ];
  return [...current, ...upgrades.map((upgrade) => upgradeFinding(upgrade, facts))];
}

function upgradeFinding(
  { planName, path, state }: PreparedUpgrade,
  { mayDownload }: CosmovisorFacts,
): Finding {
  const plan = quotedName(planName);
  const file = printable(path, 300);
  switch (state) {
    case "ready":
      return ok("cosmovisor", `The binary of ${plan} is ready: ${file}.`);
    case "missing":
      if (mayDownload)
        return notChecked(
          "cosmovisor",
          `There is no ${file}; cosmovisor would try to download it.`,
          "Put it there before the height.",
        );
      return todo(
        "cosmovisor",
        `There is no ${file}, so cosmovisor would end at ${plan}.`,
        "Put the new binary there before the height.",
      );
    case "not-executable":
      return todo("cosmovisor", `${file} cannot be executed.`, `Run chmod +x ${file}.`);
    case "unreadable":
      return todo(
        "cosmovisor",
        `${file} cannot be looked at by this user.`,
        "Ask again as the node's user or root.",
      );
  }
}

function fileFinding(file: UpgradeInfoFile): Finding {
  const path = printable(file.path, 300);
  switch (file.kind) {
    case "none":
      return ok("upgrade-info", `There is no ${path} from an earlier upgrade.`);
    case "read":
      return ok(
        "upgrade-info",
        `${path} is of ${quotedName(file.info.name)}${file.info.height === undefined ? "" : ` at ${file.info.height}`}.`,
      );
    case "unreadable":
      return todo(
        "upgrade-info",
        `${path} cannot be used: ${printable(file.why)}.`,
        "Find out who wrote it, and move it away while the node is stopped.",
      );
  }
}

import { type Campaign, type CampaignUsage, campaignOf } from "./campaign-options.ts";

/**
 * Plays a script's campaign as this process's command line says, with any seed where it gives none, and sets the exit
 * code that `play` resolves to. `--help` and a wrong option are answered in the campaign's stead.
 */
export async function playCampaign(
  usage: CampaignUsage,
  play: (campaign: Campaign) => Promise<number>,
): Promise<void> {
  const told = campaignOf(process.argv.slice(2), usage, () => Math.floor(Math.random() * 2 ** 31));
  if (told.kind === "campaign") {
    process.exitCode = await play(told);
    return;
  }
  console[told.kind === "help" ? "log" : "error"](told.text);
  process.exitCode = told.exitCode;
}

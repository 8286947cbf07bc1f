/** Loaded before everything else in a mutant's process: takes one fix out of the built program. */
import { registerHooks } from "node:module";
import { MUTANTS } from "./mutants.ts";

const mutant = MUTANTS.find(({ name }) => name === process.env.UPGRADE_HALT_MUTANT);
if (mutant === undefined) throw new Error(`there is no mutant "${process.env.UPGRADE_HALT_MUTANT}"`);
const { file, find, replace } = mutant;
let isDone = false;

registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context);
    if (!url.endsWith(`/${file}`)) return loaded;
    const source = String(loaded.source);
    const parts = source.split(find);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times, and not once: ${find}`);
    isDone = true;
    return { ...loaded, source: parts.join(replace) };
  },
});

process.once("exit", () => {
  if (!isDone) console.error(`${file} was never loaded: no fix was taken out`);
});

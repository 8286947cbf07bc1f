import { writeFile } from "node:fs/promises";
import { Cleanup } from "../harness/cleanup.ts";
import { startBrowser } from "./page.ts";
import {
  openPicture,
  PICTURES,
  pathOfPicture,
  STRUCTURE,
  type Structure,
  serveRecording,
  structureOf,
} from "./pictures.ts";

/** Makes the documentation's pictures of the page anew, from a recording: `pnpm run record:pictures`. */
const cleanup = new Cleanup();
try {
  const [served, browser] = await Promise.all([serveRecording(cleanup), startBrowser(cleanup)]);
  const structures: Record<string, Structure> = {};
  for (const picture of PICTURES) {
    const page = await openPicture(browser, served, picture);
    await writeFile(pathOfPicture(picture), await page.screenshot());
    structures[picture.file] = await structureOf(page);
    await page.close();
    process.stdout.write(`${pathOfPicture(picture)}\n`);
  }
  await writeFile(STRUCTURE, `${JSON.stringify(structures, undefined, 2)}\n`);
} finally {
  await cleanup.run();
}

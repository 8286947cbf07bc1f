import { startProgram } from "@upgrade-halt/testing";
import { expect, test } from "vitest";
import { processesMentioning } from "./leftovers.ts";

test.runIf(process.platform === "linux")(
  "finds a process by what its command line says, while it lives",
  async () => {
    const marker = `marker-${process.pid}`;
    const program = await startProgram("script", process.execPath, [
      "-e",
      "setInterval(() => {}, 1000)",
      marker,
    ]);

    expect(processesMentioning(marker).map(({ pid }) => pid)).toEqual([program.pid]);
    await program.stop();
    expect(processesMentioning(marker)).toEqual([]);
  },
);

import { run } from "./cli/run.ts";

// A reader that has seen enough, such as `head`, closes the pipe: what is written after that is lost, and no failure.
const output = [process.stdout, process.stderr];
for (const stream of output) stream.on("error", () => {});

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  now: Date.now,
  onSignal: (signals, handle) => {
    for (const signal of signals) process.on(signal, handle);
    return () => {
      for (const signal of signals) process.off(signal, handle);
    };
  },
});

import { messageOf } from "@upgrade-halt/kube";
import { Command, CommanderError, Option } from "commander";
import { PAGER_DUTY_HOSTS } from "../paging/paging-hosts.ts";
import { type RunOptions, run } from "./run.ts";
import { EXIT_FAILURE, EXIT_USAGE, UsageError } from "./usage-error.ts";
import { versionLine } from "./version.ts";

/** The command line of `mini-controller`. */
export function createProgram(): Command {
  const program = new Command("mini-controller")
    .description("Acts on upgrade halts in a cluster: swaps the image or pages.")
    .version(versionLine(), "-V, --version", "print its version, the contract's and its commit")
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  program
    .command("run")
    .description("watch and act, until SIGTERM or SIGINT")
    .option("--kubeconfig <file>", "kubeconfig; else $KUBECONFIG, ~/.kube/config, the pod's ServiceAccount")
    .option("--namespace <name>", "watch this namespace only (default: all)")
    .option("--metrics-addr <host:port>", "where /metrics, /healthz and /readyz are served", "127.0.0.1:0")
    .addOption(new Option("--log-format <format>", "how to log").choices(["json", "plain"]).default("json"))
    .addOption(
      new Option("--log-level <level>", "least level to log")
        .choices(["debug", "info", "warn", "error"])
        .default("info"),
    )
    .option("--leader-elect", "lead by a Lease, so that several replicas can run", false)
    .option(
      "--leader-namespace <name>",
      "namespace of the Lease (default: the kubeconfig's or the pod's own, else upgrade-halt-system)",
    )
    .option("--lease-seconds <n>", "how long a leader that says nothing still leads", "15")
    .option(
      "--paging-hosts <list>",
      "receivers that policies may page: [http://]host[:port], comma-separated; *.name for all below a name",
      PAGER_DUTY_HOSTS,
    )
    .addHelpText(
      "after",
      "\nExamples:\n  mini-controller run --kubeconfig ./kubeconfig --namespace sei --log-format plain\n",
    )
    .action(async (options: RunOptions) => await run(options));
  program
    .command("crds")
    .description("print the CustomResourceDefinitions, for kubectl apply -f -")
    .action(async () => {
      const { crds, crdYaml } = await import("../api/crds.ts");
      process.stdout.write(Object.values(crds).map(crdYaml).join("---\n"));
    });
  return program;
}

/** Runs the program: one sentence on standard error and an exit code for whatever goes wrong. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const [node = "", script = "", ...words] = argv;
    const asked = words[0] === "version" ? ["--version"] : words;
    await createProgram().parseAsync([node, script, ...asked]);
    return 0;
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const usage = error instanceof UsageError || error instanceof CommanderError;
  // What commander throws where it would rather print its help.
  const isBare = error instanceof CommanderError && error.code === "commander.help";
  const text = isBare
    ? "give a command: run or crds"
    : messageOf(error)
        .replace(/^error: /, "")
        .replace(/\n\(Did you mean (?:one of )?([^?]*)\?\)$/, ": did you mean $1")
        .split("\n")[0];
  process.stderr.write(`mini-controller: ${text}${usage ? " (see mini-controller --help)" : ""}\n`);
  return usage ? EXIT_USAGE : EXIT_FAILURE;
}

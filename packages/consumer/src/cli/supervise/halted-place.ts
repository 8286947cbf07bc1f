import { ConsumerError } from "../../consumer-error.ts";
import { printable } from "../../printable.ts";
import type { HaltedVerdict, Verdict } from "../../verdict.ts";
import { type AnnounceFlags, type Announcer, rpcOf } from "../announce/announcer.ts";
import { intentOf, type ServedAt, serveHaltedStatus } from "../announce/halted-status.ts";
import type { Io } from "../output/io.ts";
import { shownUrl } from "../output/shown-url.ts";
import type { Hold } from "./hold.ts";

interface PlaceFlags extends AnnounceFlags {
  readonly hold?: boolean;
}

/** Keeps the place of a command that halted. */
export interface HaltedPlace {
  /** Resolves once it is told to stop, or at once where nothing is to be kept. */
  keep(verdict: Verdict, announced: boolean, held: Hold): Promise<void>;
}

/**
 * What `--hold` and `--stay-alive` come to. In a Kubernetes pod nobody learns of a halt from a container that runs on and says
 * nothing, so there a place is kept only while the halt is served on `/status`, at all addresses of the pod.
 *
 * @throws ConsumerError `usage` for an address that does not fit.
 */
export function placeOf(
  flags: PlaceFlags,
  announcer: Announcer | undefined,
  io: Io,
): HaltedPlace | undefined {
  if (flags.rpc !== undefined && flags.announce !== true && flags.hold !== true)
    throw new ConsumerError("usage", "--rpc goes with --announce or --hold.");
  if (flags.hold !== true && flags.stayAlive !== true) return undefined;
  const url = rpcOf(flags);
  const isInPod = (io.env.KUBERNETES_SERVICE_HOST ?? "") !== "";
  const say = (words: string) => io.stderr.write(`upgrade-halt: ${words}\n`);
  if (isInPod)
    say(`in a pod, a halt is served at port ${url.port || 80} of all its addresses while its place is kept.`);
  const serve = async (halt: HaltedVerdict, held: Hold) => {
    const everywhere = isInPod || announcer?.servedEverywhere === true;
    if (!everywhere)
      say(`the halt is served at ${shownUrl(url.origin)} alone: the node was not seen to serve elsewhere.`);
    await serveUntilStopped({ url, everywhere }, announcer?.body, halt, { held, io });
  };
  return {
    keep: async (verdict, announced, held) => {
      const isHalted = verdict.kind === "halted" || verdict.kind === "unrecognised-halt";
      if (announced && verdict.kind === "halted" && flags.stayAlive === true)
        return await serve(verdict, held);
      if (!isHalted || flags.hold !== true) return;
      if (!isInPod) return await held.untilStopped();
      if (verdict.kind === "halted" && announced) return await serve(verdict, held);
      if (verdict.kind === "halted" && verdict.inferred !== true) return await serve(certain(verdict), held);
      say("its place is not kept: in a pod that would hide a halt which exec cannot serve on /status.");
    },
  };
}

async function serveUntilStopped(
  at: ServedAt,
  lastBody: string | undefined,
  halt: HaltedVerdict,
  { held, io }: { readonly held: Hold; readonly io: Io },
): Promise<void> {
  try {
    const stop = await serveHaltedStatus(at, lastBody, intentOf(halt, io.now()));
    await held.untilStopped();
    await stop();
  } catch (error) {
    const where = at.everywhere ? `port ${at.url.port || 80}` : shownUrl(at.url.origin);
    io.stderr.write(
      `upgrade-halt: nothing can be served at ${where} (${printable(String(error))}), so its place is not kept.\n`,
    );
  }
}

/** A plan that nothing agrees with is not told on: who reads it would count it as the node's own word. */
function certain(halt: HaltedVerdict): HaltedVerdict {
  if (halt.corroborated && halt.disputed !== true) return halt;
  return { ...halt, plan: undefined, height: undefined };
}

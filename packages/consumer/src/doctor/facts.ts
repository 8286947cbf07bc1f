import type { Policy } from "../recommendation.ts";
import type { StatusResult } from "../status/status-result.ts";
import type { UpgradeInfoFile } from "../upgrade-info-file.ts";
import type { EngineClient } from "./engine-client.ts";
import type { RestartRules } from "./fate/restart-rules.ts";
import type { Registries } from "./registry/ask-registry.ts";
import type { Supervision } from "./supervisor.ts";

/** All that was seen around one node. What was not asked for is missing; what could not be seen says why. */
export interface Facts {
  readonly node: NodeFacts;
  /** Missing where neither a process nor a unit nor a container was found. */
  readonly supervised?: Supervised | undefined;
  readonly status: StatusFacts;
  readonly policy: PolicyFacts;
  /** Missing where no `exec --announce` was found whose files are seen here. */
  readonly announcer?: AnnouncerFacts | undefined;
  /** Missing where no home is known. */
  readonly upgradeInfo?: UpgradeInfoFile | undefined;
  /** Missing where no cosmovisor was found. */
  readonly cosmovisor?: CosmovisorFacts | undefined;
  /** Images that the engine on this machine has. Missing where none was asked. */
  readonly imagesHere?: readonly string[] | undefined;
  /** What the registry of each image said. Missing where none was asked. */
  readonly registries?: Registries | undefined;
}

export type NodeFacts =
  | { readonly kind: "running"; readonly pid: number; readonly command: string; readonly foundBy: string }
  /** A unit or container that is there and does not run. */
  | { readonly kind: "not-running"; readonly name: string }
  /** It runs in a container that this client of an engine started, and that was not looked at. */
  | { readonly kind: "in-container"; readonly client: EngineClient; readonly foundBy: string }
  /** It runs, and not among the processes that are seen here. */
  | { readonly kind: "out-of-sight"; readonly name: string }
  | { readonly kind: "not-found"; readonly why: string };

export interface Supervised extends Supervision {
  readonly rules: RestartRules;
  readonly evidence: EvidenceFacts;
  /** Where the node's own output goes past what is before it: `exec`, or else its supervisor. Missing where that was not seen. */
  readonly past?: string | undefined;
}

/** Where the halt line goes, and who may read it afterwards. */
export type EvidenceFacts =
  | {
      readonly kind: "systemd";
      /** `User=`; missing for root. */
      readonly user: string | undefined;
      /** `Group=`, the groups of that user, and `SupplementaryGroups=`. */
      readonly groups: readonly string[];
      /** `StandardOutput=` */
      readonly output: string;
      /** `StandardError=` */
      readonly error: string;
      /** `LogNamespace=`; empty for the journal of the system. */
      readonly logNamespace: string;
      /** Of `ExecStopPost=`: what runs `upgrade-halt systemd-hook`, or else a command that is not known. */
      readonly hook: HookFacts | undefined;
      readonly journal: JournalFacts;
    }
  | { readonly kind: "engine"; readonly driver: string; readonly isRemoved: boolean }
  | { readonly kind: "output"; readonly goesTo: OutputFacts };

export interface HookFacts {
  readonly journal: boolean;
  readonly log?: FileFacts | undefined;
  /** With `+` or `!` before it: it runs with the rights of systemd. */
  readonly isPrivileged: boolean;
}

export interface FileFacts {
  readonly path: string;
  /** Whether the user of whom it is asked may read it: no, and why, as a clause. */
  readonly refused?: string | undefined;
  /** Whether that is not known either, and cannot be from here. */
  readonly isUntried?: true | undefined;
}

/** Whether the user who runs this may read the journal. */
export type JournalFacts =
  | { readonly kind: "readable" }
  | { readonly kind: "refused"; readonly words: string }
  | { readonly kind: "missing" };

/** The node's standard error. */
export type OutputFacts =
  | ({ readonly kind: "file" } & FileFacts)
  | { readonly kind: "null" | "terminal" | "pipe" }
  | { readonly kind: "unseen"; readonly why: string };

/** `url` is as it may be shown. */
export interface StatusFacts {
  readonly url: string;
  readonly result: StatusResult;
  /** Who listens at that address of this machine, where it is another process than the node. */
  readonly otherListener?: { readonly pid: number; readonly command: string } | undefined;
  /** Where `exec --announce` asks instead, as it may be shown. Missing where that is the same place, or cannot be compared. */
  readonly announcerAsks?: string | undefined;
}

export type PolicyFacts =
  | { readonly kind: "none" }
  | { readonly kind: "read"; readonly path: string; readonly policy: Policy }
  | { readonly kind: "unreadable"; readonly problem: string };

/** What is in the way of an `exec --announce`. */
export interface AnnouncerFacts {
  /** What it needs and was not seen to be readable for its user: the policy, and of its home what tells of an upgrade. */
  readonly unread: readonly FileFacts[];
  /** The node's own home, where exec has another one. */
  readonly nodeHome?: string | undefined;
}

export interface CosmovisorFacts {
  /** `$DAEMON_HOME/cosmovisor` */
  readonly folder: string;
  /** There is a program under `current`, or under `genesis` where there is no link yet. */
  readonly hasCurrent: boolean;
  readonly mayDownload: boolean;
  readonly upgrades: readonly PreparedUpgrade[];
}

/** `upgrades/NAME/bin/PROGRAM` of a plan that is listed. */
export interface PreparedUpgrade {
  readonly planName: string;
  readonly path: string;
  readonly state: "ready" | "missing" | "not-executable" | "unreadable";
}

import { classify } from "../../classify.ts";
import { printable, quotedName } from "../../printable.ts";
import { sightingOf } from "../../status/status-reader.ts";
import type { Facts } from "../facts.ts";
import { type Finding, notChecked, ok, todo } from "../finding.ts";
import type { ExecWrapper, Wrapper } from "../wrapper.ts";

/** What the node says of itself, and whether anything announces its halts. */
export function contractFindings(facts: Facts): Finding[] {
  return [statusFinding(facts), ...contractFinding(facts)];
}

function statusFinding({ status: { url, result, otherListener } }: Facts): Finding {
  const where = printable(url);
  if (otherListener !== undefined)
    return todo(
      "status",
      `At ${where} listens process ${otherListener.pid} (${printable(otherListener.command)}), and not the node.`,
      "Say the node's own address with --rpc.",
    );
  if (result.kind !== "ok")
    return todo(
      "status",
      `${where} gave no status (${result.kind}): ${printable(result.problem)}.`,
      "Start the node, or say its address with --rpc.",
    );
  const verdict = classify({ status: sightingOf(result) });
  const { chainId, catchingUp } = result.node;
  const on = chainId === undefined ? "" : ` on ${quotedName(chainId)}`;
  if (verdict.kind === "running" || verdict.kind === "unknown")
    return ok(
      "status",
      `${where} answers at height ${result.node.height ?? "unknown"}${on}${catchingUp === true ? ", catching up" : ""}.`,
    );
  return todo(
    "status",
    `${where} shows a halt. ${verdict.why}`,
    "See docs/guides/alerts.md for what to do about it.",
  );
}

/** What an announcer lacks, whose node writes to `past` instead: it announces only what a policy lists, and of a node that ends before it serves only what its home tells. */
export function announcerLacks({ policy, home }: ExecWrapper, past: string | undefined): Finding[] {
  return [
    ...(past === undefined
      ? []
      : [
          todo(
            "contract",
            `upgrade-halt exec --announce announces no halt of which it reads no line: the node's output goes to ${printable(past)}.`,
            "Take the redirection out: exec passes on what it reads.",
          ),
        ]),
    ...(policy === undefined
      ? [
          todo(
            "contract",
            "upgrade-halt exec --announce runs without a policy, so it announces no upgrade.",
            "Give it --policy FILE: docs/guides/today.md.",
          ),
        ]
      : []),
    ...(home === undefined
      ? [
          todo(
            "contract",
            "upgrade-halt exec --announce runs without the node's home: a node that is started again at an upgrade's height ends before it serves /status, and is taken for a crash.",
            "Give it --home DIR: docs/guides/today.md.",
          ),
        ]
      : []),
  ];
}

/** An announcer asks the node itself for its height: one that asks elsewhere announces no upgrade, or that of another node. */
function asksElsewhere({ announcerAsks, result, url }: Facts["status"]): Finding[] {
  if (announcerAsks === undefined || result.kind !== "ok") return [];
  return [
    todo(
      "contract",
      `upgrade-halt exec --announce asks for the node's height at ${printable(announcerAsks)}, and the node answers at ${printable(url)}: it announces no upgrade.`,
      `Give it --rpc ${printable(url)}.`,
    ),
  ];
}

/** A script that starts the node again, or leaves it behind, hides its end from an announcer. */
export function announcesUnread(name: string): Finding {
  return notChecked(
    "contract",
    `upgrade-halt exec --announce stands before ${printable(name)}, which was not looked into: of a node that this starts again by itself it announces nothing.`,
    "Let that start the node with exec as its last command, and once.",
  );
}

type Unread = Extract<Wrapper, { readonly kind: "shell" | "unknown" }>;

function isUnread(step: Wrapper): step is Unread {
  return (
    step.kind === "unknown" || (step.kind === "shell" && (step.hides === "unseen" || step.hides === "end"))
  );
}

/** What it may not read it announces nothing by, and another home tells of no upgrade of this node. */
function seesOther({ home = "" }: ExecWrapper, { announcer }: Facts): Finding[] {
  const { unread = [], nodeHome } = announcer ?? {};
  return [
    ...unread.map(({ path, refused = "", isUntried }) => {
      const found = `upgrade-halt exec --announce needs ${printable(path)}, and is not sure to read it: ${printable(refused)}.`;
      return isUntried
        ? notChecked("contract", found, "See in its container that its user may read it.")
        : todo("contract", found, "Let its user read it, or name the right one, and ask again as root.");
    }),
    ...(nodeHome === undefined
      ? []
      : [
          todo(
            "contract",
            `upgrade-halt exec --announce has the home ${printable(home)}, and the node ${printable(nodeHome)}: a node that is started again at an upgrade's height is taken for a crash.`,
            "Give both the same --home.",
          ),
        ]),
  ];
}

function contractFinding(facts: Facts): Finding[] {
  const { status, supervised } = facts;
  const { result } = status;
  const exec = supervised?.between.find((step): step is ExecWrapper => step.kind === "exec" && step.announce);
  if (exec !== undefined) {
    const lacks = [
      ...announcerLacks(exec, supervised?.past),
      ...asksElsewhere(status),
      ...seesOther(exec, facts),
    ];
    if (lacks.length > 0) return lacks;
    const below = supervised?.between.slice(0, supervised.between.indexOf(exec)).find(isUnread);
    if (below !== undefined) return [announcesUnread(below.name)];
    return [ok("contract", "upgrade-halt exec --announce announces the halts of this node.")];
  }
  if (result.kind === "ok" && result.node.haltIntent.kind !== "absent")
    return [ok("contract", "The node announces its halts itself: its status has halt_intent.")];
  return [
    todo(
      "contract",
      "Nothing shows that the node announces its halts, and no released node does: it ends with 2 or 1 or lives on, like any crash.",
      "Put upgrade-halt exec --announce before its command: docs/guides/today.md.",
    ),
  ];
}

import { userInfo } from "node:os";
import type { FileFacts } from "../facts.ts";
import { fileFor, NOT_THERE } from "./output.ts";
import type { Ids } from "./process-table.ts";
import { type Env, runProgram } from "./run-program.ts";

/** Whose rights are asked about: those that a process has, or of a user who runs nothing yet; `undefined` for root. */
export type Reader = Ids | User | undefined;

/** A user, and the groups that a process gets beside; the first is its own group. */
interface User {
  readonly user: string;
  readonly groups: readonly string[];
}

/**
 * Whether somebody may read a file, or a folder and what is in it, which of others only root can try. Into the `root` of a
 * process with another user namespace, or with capabilities of its own, the kernel lets no other with its ids either.
 */
export async function readableFor(reader: Reader, root: string, path: string, env: Env): Promise<FileFacts> {
  const own = { ...fileFor(`${root}${path}`), path };
  const mayAll = isRoot(reader) && own.refused === undefined;
  if (mayAll || isSelf(reader) || own.refused === NOT_THERE) return own;
  const name = reader !== undefined && "user" in reader ? reader.user : `the user ${reader?.uid ?? 0}`;
  if (userInfo().uid !== 0) return { path, refused: `only root can try whether ${name} may read it` };
  const [program, ...args] = asReader(reader);
  const answer = await runProgram(
    program,
    [...args, "--", "sh", "-c", TRY, "sh", `${root}/`, `${root}${path}`],
    env,
  );
  if (answer.kind === "failed") return { path, refused: `it was not tried as ${name}: ${answer.why}` };
  if (answer.code === OUTSIDE)
    return { path, refused: "the kernel lets no other process into its container", isUntried: true };
  return answer.code === 0 ? { path } : { path, refused: `${name} may not read it, or it is not there` };
}

const OUTSIDE = 3;
const TRY = `[ -x "$1" ] || exit ${OUTSIDE}; [ -r "$2" ] && { [ ! -d "$2" ] || [ -x "$2" ]; }`;

function isSelf(reader: Reader): boolean {
  const { uid, username } = userInfo();
  if (reader === undefined) return true;
  return "user" in reader ? reader.user === username || (isRoot(reader) && uid === 0) : reader.uid === uid;
}

function isRoot(reader: Reader): boolean {
  return reader === undefined || ("user" in reader ? reader.user === "root" : reader.uid === 0);
}

function asReader(reader: Reader): readonly [string, ...string[]] {
  if (reader === undefined) return ["runuser", "-u", "root"];
  const { groups } = reader;
  const [uid, gid] = "user" in reader ? [reader.user, groups[0]] : [reader.uid, reader.gid];
  if (gid === undefined) return ["runuser", "-u", `${uid}`];
  const others = groups.length === 0 ? "--clear-groups" : `--groups=${groups.join(",")}`;
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, others];
}

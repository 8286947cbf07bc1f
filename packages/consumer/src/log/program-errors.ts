/**
 * What errors are wrapped in on their way out of x/upgrade, through consensus, to the end of the program: all that real nodes
 * say, and no other words. Of CometBFT 0.34 to 0.40 (`node/setup.go`, `consensus/{replay,state}.go`, `blocksync/reactor.go`,
 * `cmd/run_node.go`), sei-cosmos (`server/start.go`), story (`client/app/start.go`) and applications of SDK 0.50 that name their
 * module manager. `OUTERMOST` are those that nothing but the end of a program says first.
 */
const OUTERMOST = [
  "error during handshake: ",
  "failed to (?:create|start) node: ",
  "error (?:creating|starting) node: ",
  "create (?:comet )?node: ",
];
const WRAPPERS = [
  "module manager preblocker: ",
  "failed to finalize block: ",
  "failed to apply block; error ",
  String.raw`[Ff]ailed to process committed block \(\d{1,19}:[0-9A-F]{0,64}\): `,
  "error on replay: ",
  ...OUTERMOST,
];
export const WRAPPED = new RegExp(`^(?:${WRAPPERS.join("|")})+`);

/** As the `main.go` of simapp 0.53 prints it with cobra silenced, and those of chains made from it (initia, evmd, mantrachain). */
export const BARE = new RegExp(`^(?:${OUTERMOST.join("|")})`);

/** What consensus says when the application fails it: its error is the application's own. */
const CONSENSUS_FAILED = withFields([
  "CONSENSUS FAILURE!!!",
  String.raw`[Ee]rror in proxyAppConn\.[A-Za-z]+`,
  "[Ff]ailed to apply block",
]);
/**
 * What a program logs last, with the error that it ends with: of the `main.go` of simapp 0.50 and of chains made from it (babylon,
 * migaloo), of Ethermint's and evmd's `server/start.go`, which return that error then, and of story's `lib/cmd`.
 */
export const PROGRAM_FAILED = withFields([
  "failure when running app",
  "failed init node",
  String.raw`!! Fatal error occurred, app died\ufe0f? unexpectedly !!`,
]);

/** A whole message: only fields follow it. */
function withFields(messages: readonly string[]): RegExp {
  return new RegExp(String.raw`^(?:${messages.join("|")})(?:$|\s+(?=[\w.@/-]+=))`);
}

/** The begin of a record's message that names no error itself: its field does. */
export function failureOf(message: string): string | undefined {
  return (CONSENSUS_FAILED.exec(message) ?? PROGRAM_FAILED.exec(message))?.[0];
}

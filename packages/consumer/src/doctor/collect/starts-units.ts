const START = "(?:(?:cond|(?:try-)?(?:reload-or-)?(?:try-)?)re)?start";

/** A program that is given this word, among others. */
const given = (programs: string, word: string) =>
  new RegExp(String.raw`(?:^|[\s/])(?:${programs})\s(?:.*\s)?(?:${word})(?!\S)`);

const STARTS: readonly RegExp[] = [
  given("systemctl", `${START}|isolate|reboot|kexec|soft-reboot`),
  given("systemctl", String.raw`(?:re)?enable\s(?:.*\s)?--now|--now\s(?:.*\s)?(?:re)?enable`),
  given("service|invoke-rc\\.d", START),
  given("supervisorctl", "start|restart|reload|update"),
  given("(?:docker|podman)(?:-compose)?", "start|restart|up"),
  /(?:^|[\s/])(?:busctl|gdbus|dbus-send)\s.*(?:[Ss]tart(?:Transient)?Unit|EnqueueUnitJob)/,
  /(?:^|[\s/])systemd-run(?!\S)/,
  /(?:^|\s|bin\/)reboot(?!\S)/,
];

/** Whether a command line, of a shell too, starts units or what else runs programs, or makes new ones. */
export function startsUnits(commandLine: string): boolean {
  return commandLine.split(/[;&|()`"'\n]/).some((command) => STARTS.some((starts) => starts.test(command)));
}

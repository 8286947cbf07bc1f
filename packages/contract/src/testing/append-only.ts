/** The gate that keeps released parts of the contract as they are. */
import { ReservedRange, reasonToken, ShutdownReason } from "../codes.ts";
import { HALT_INTENT_FIELD } from "../halt-intent.ts";
import { HALT_INTENT_FIELDS, type WireField } from "../wire-fields.ts";

/** A reason as it was released. */
export interface ReleasedReason {
  readonly code: number;
  readonly constant: string;
  readonly token: string;
}

/** Everything that two programs of different releases must agree on; `contract.lock.json` has what was released. */
export interface Contract {
  readonly reasons: readonly ReleasedReason[];
  readonly reserved: Readonly<Record<string, { readonly first: number; readonly last: number }>>;
  readonly statusField: string;
  readonly fields: readonly WireField[];
}

/** The contract as the code has it. */
export function contractOfCode(): Contract {
  const reasons = Object.entries(ShutdownReason).map(([constant, code]) => ({
    code,
    constant,
    token: reasonToken(code),
  }));
  return { reasons, reserved: ReservedRange, statusField: HALT_INTENT_FIELD, fields: HALT_INTENT_FIELDS };
}

/** What in `code` breaks a promise of `released`, each with what to do about it. */
export function brokenPromises(released: Contract, code: Contract): string[] {
  return [
    ...released.reasons.flatMap((reason) => brokenReason(reason, code.reasons)),
    ...code.reasons
      .filter(({ code }) => !isReleased(code, released))
      .flatMap((reason) => misplaced(reason, released)),
    ...code.reasons.flatMap((reason, i) => reused(reason, code.reasons.slice(0, i))),
    ...brokenRanges(released, code),
    ...(released.statusField === code.statusField
      ? []
      : [
          `the /status field "${released.statusField}" became "${code.statusField}": name it as before, readers look there`,
        ]),
    ...brokenFields(released.fields, code.fields),
  ];
}

/** What `code` adds that `released` does not have yet, each with what to do about it. */
export function unrecorded(released: Contract, code: Contract): string[] {
  const known = new Set(released.fields.map(({ name }) => name));
  return [
    ...code.reasons
      .filter(({ code }) => !isReleased(code, released))
      .map(({ code, constant }) => `${code} (${constant})`),
    ...Object.keys(code.reserved)
      .filter((name) => !Object.hasOwn(released.reserved, name))
      .map((name) => `the range "${name}"`),
    ...code.fields.filter(({ name }) => !known.has(name)).map(({ name }) => `the field "${name}"`),
  ].map(
    (addition) =>
      `${addition} is new and not recorded: run \`pnpm --filter @upgrade-halt/contract run lock:record\` and commit contract.lock.json`,
  );
}

function isReleased(code: number, released: Contract): boolean {
  return released.reasons.some((reason) => reason.code === code);
}

function brokenReason(
  { code, constant, token }: ReleasedReason,
  reasons: readonly ReleasedReason[],
): string[] {
  const was = `${code} (${constant}, "${token}")`;
  const now = reasons.find((reason) => reason.code === code);
  if (now === undefined) {
    const moved = reasons.find((reason) => reason.constant === constant || reason.token === token);
    return moved
      ? [`${was} was renumbered to ${moved.code}: give it ${code} again, nodes out there exit with it`]
      : [`${was} was dropped: put it back, a released code stays for ever`];
  }
  const broken: string[] = [];
  if (now.constant !== constant)
    broken.push(`${was} was renamed to ${now.constant}: name it ${constant} again`);
  if (now.token !== token)
    broken.push(`${was} got the token "${now.token}": write "${token}" again, it is on the wire`);
  return broken;
}

function misplaced({ code, constant }: ReleasedReason, { reserved }: Contract): string[] {
  const ranges = Object.values(reserved);
  if (ranges.some(({ first, last }) => code >= first && code <= last)) return [];
  const allowed = ranges.map(({ first, last }) => `${first}-${last}`).join(" and ");
  return [`${code} (${constant}) lies outside of the reserved ranges: take a free code of ${allowed}`];
}

function reused({ code, constant, token }: ReleasedReason, earlier: readonly ReleasedReason[]): string[] {
  const now = `${code} (${constant}, "${token}")`;
  return earlier.flatMap((reason) => {
    if (reason.code === code) return [`${now} is ${reason.constant} already: take a code of its own`];
    if (reason.token === token) return [`${now} has the token of ${reason.code}: give it one of its own`];
    return [];
  });
}

function brokenRanges(released: Contract, code: Contract): string[] {
  return Object.entries(released.reserved).flatMap(([name, { first, last }]) => {
    const now = code.reserved[name];
    if (now?.first === first && now.last === last) return [];
    const became = now ? `became ${now.first}-${now.last}` : "was dropped";
    return [`the range "${name}" (${first}-${last}) ${became}: old readers sort codes by it, put it back`];
  });
}

function brokenFields(released: readonly WireField[], code: readonly WireField[]): string[] {
  const broken = released.flatMap((field) => brokenField(field, code));
  const kept = (fields: readonly WireField[], of: readonly WireField[]) =>
    fields.map(({ name }) => name).filter((name) => of.some((field) => field.name === name));
  const [before, now] = [kept(released, code), kept(code, released)];
  if (before.join() !== now.join()) {
    broken.push(
      `the fields were reordered to ${now.join(", ")}: write ${before.join(", ")}, the bytes are compared`,
    );
  }
  const firstNew = code.findIndex(({ name }) => !released.some((field) => field.name === name));
  if (
    firstNew >= 0 &&
    code.slice(firstNew).some(({ name }) => released.some((field) => field.name === name))
  ) {
    broken.push(`the new field "${code[firstNew]?.name}" stands before released ones: append it at the end`);
  }
  for (const { name, omitted } of code) {
    if (omitted !== "never" || released.some((field) => field.name === name)) continue;
    broken.push(
      `the new field "${name}" is never left out: leave it out when empty, old bytes stay as they were`,
    );
  }
  return broken;
}

function brokenField({ name, type, omitted }: WireField, code: readonly WireField[]): string[] {
  const now = code.find((field) => field.name === name);
  if (now === undefined)
    return [`the field "${name}" was renamed or dropped: put it back, readers look for that name`];
  const broken: string[] = [];
  if (now.type !== type) broken.push(`the field "${name}" became ${now.type}: make it ${type} again`);
  if (now.omitted !== omitted) {
    broken.push(
      `the field "${name}" is left out ${now.omitted}: it was left out ${omitted}, write it so again`,
    );
  }
  return broken;
}

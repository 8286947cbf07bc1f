/** Random values for the decoder: what JSON can hold, and what only a hostile caller can. */
import { HALT_INTENT_FIELDS } from "../src/wire-fields.ts";
import { type Dice, diceOf } from "./dice.ts";

const bite = (): never => {
  throw new Error("bitten");
};
const BITING_HANDLER: ProxyHandler<object> = new Proxy({}, { get: () => bite });

const LEAVES: readonly unknown[] = [
  ...[
    undefined,
    null,
    true,
    0,
    -0,
    1,
    70,
    71,
    72,
    73,
    80,
    90,
    70.5,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ],
  ...[2 ** 53 - 1, 2 ** 53, 70n, Symbol("70"), bite, new Date(0), new Map([["reason", 70]]), Object("70")],
  ...[
    "",
    "0",
    "70",
    "-1",
    "070",
    "9007199254740992",
    "upgrade_required",
    "downgrade_detected",
    "\ud800",
    "v6.7",
  ],
  ...["2026-08-21T17:59:41.12Z", "2026-08-21T17:59:41.120Z", "2026-08-21T17:59:41+02:00", "__proto__"],
  ...[[], [70], {}, { reason: 70 }, { valueOf: bite }, { toString: bite, [Symbol.toPrimitive]: bite }],
];

/** A value: mostly an object with some of the wire's fields. */
export function randomValue(random: () => number): unknown {
  const dice = diceOf(random);
  if (dice.chance(0.1)) return dice.pick(LEAVES);
  const object = dice.pick([
    () => ({}),
    () => Object.create(null),
    () => Object.create({ reason: 72, height: 5 }),
    () => [],
    () => Object.setPrototypeOf({}, new Proxy({}, BITING_HANDLER)),
  ])();
  for (const { name } of HALT_INTENT_FIELDS)
    if (dice.chance(0.6)) define(object, name, dice.pick(LEAVES), dice);
  if (dice.chance(0.9)) define(object, "reason", dice.pick([70, 71, 72, "70", 79]), dice);
  if (dice.chance(0.1)) define(object, "info", object, dice);
  return dice.chance(0.1) ? proxied(object, dice) : object;
}

function define(object: object, name: string, value: unknown, dice: Dice): void {
  const get = dice.chance(0.5) ? bite : () => value;
  const descriptor = dice.chance(0.1) ? { get } : { value };
  Object.defineProperty(object, name, { ...descriptor, configurable: true, enumerable: dice.chance(0.9) });
}

function proxied(object: object, dice: Dice): object {
  const { proxy, revoke } = Proxy.revocable(object, dice.chance(0.5) ? BITING_HANDLER : {});
  if (dice.chance(0.3)) revoke();
  return proxy;
}

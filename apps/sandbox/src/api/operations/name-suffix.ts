import { randomInt } from "node:crypto";

/** Letters and digits that spell no words (k8s.io/apimachinery/pkg/util/rand). */
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** Five random letters, as `generateName` ends in. */
export function nameSuffix(): string {
  return Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}

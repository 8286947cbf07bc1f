const NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LONGEST = 63;

const CHARACTERS =
  "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const NAME_RULE =
  `must ${CHARACTERS} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is ` +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE_RULE =
  `a valid label must be an empty string or ${CHARACTERS} (e.g. 'MyValue',  or 'my_value',  or '12345', ` +
  "regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** What an RFC 1123 subdomain is, in the words of k8s.io/apimachinery/pkg/util/validation. */
export const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start " +
  "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

export function isSubdomain(text: string): boolean {
  return SUBDOMAIN.test(text);
}

/** What is wrong with a label's key, if anything is (IsQualifiedName of k8s.io/apimachinery). */
export function labelKeyDefect(key: string): string | undefined {
  const parts = key.split("/");
  const [prefix, name] = parts.length === 2 ? parts : [undefined, key];
  if (parts.length > 2) {
    return `a valid label key ${NAME_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
  }
  if (prefix === "") return "prefix part must be non-empty";
  if (prefix !== undefined && !isSubdomain(prefix)) return `prefix part ${SUBDOMAIN_RULE}`;
  if (name === "") return `name part must be non-empty; name part ${NAME_RULE}`;
  if ((name ?? "").length > LONGEST) return `name part must be no more than ${LONGEST} bytes`;
  return NAME.test(name ?? "") ? undefined : `name part ${NAME_RULE}`;
}

/** What is wrong with a label's value, if anything is (IsValidLabelValue of k8s.io/apimachinery). */
export function labelValueDefect(value: string): string | undefined {
  if (value.length > LONGEST) return `must be no more than ${LONGEST} bytes`;
  return VALUE.test(value) ? undefined : VALUE_RULE;
}

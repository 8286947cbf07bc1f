import { objectAt } from "../../json/json.ts";
import type { KubeObject } from "../../json/kube-object.ts";
import type { Cause } from "../api-error.ts";

const RULE =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or " +
  "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

/** The keys of a ConfigMap or Secret become file names. */
export function validateConfigKeys(object: KubeObject): readonly Cause[] {
  return Object.keys(objectAt(object, "data"))
    .filter((key) => !/^[-._a-zA-Z0-9]+$/.test(key))
    .map((key) => ({
      reason: "FieldValueInvalid",
      message: `Invalid value: ${JSON.stringify(key)}: ${RULE}`,
      field: `data[${key}]`,
    }));
}

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

const DEPLOY = join(import.meta.dirname, "../../deploy");

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** `group/resource verb` for every verb that the roles under `deploy/` give, sorted. */
export function grantedRights(): readonly string[] {
  const rules = globSync(["rbac/*.yaml", "{seinodes,seinetworks,logs}/rbac.yaml"], { cwd: DEPLOY }).flatMap(
    (file) =>
      parseAllDocuments(readFileSync(join(DEPLOY, file), "utf8")).flatMap(
        (document) => (document.toJS() as { rules?: Rule[] }).rules ?? [],
      ),
  );
  const all = rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) => verbs.map((verb) => `${group}/${resource} ${verb}`)),
    ),
  );
  return [...new Set(all)].toSorted();
}

const PATH =
  /^\/(?:api|apis\/(?<group>[^/]+))\/[^/]+(?:\/namespaces\/[^/]+)?\/(?<resource>[^/]+)(?:\/(?<name>[^/]+)(?:\/(?<subresource>[^/]+))?)?$/;

/** The right that a request for `path` needs, in the same words; `verb` may depend on whether it names an object. */
export function neededRight(path: string, verb: string | ((named: boolean) => string)): string {
  const { group = "", resource, name, subresource } = PATH.exec(path)?.groups ?? {};
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  return `${group}/${what} ${typeof verb === "string" ? verb : verb(name !== undefined)}`;
}

/**
 * Makes `descriptors/models.json`, what the API server decodes built-in types by: the fields of each, from @kubernetes/client-node,
 * whose classes are generated from Kubernetes' own OpenAPI document. Loading those classes would take a sandbox longer than all else.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { modelsOfClient } from "../src/testing/models-of-client.ts";

const models = modelsOfClient();
const file = join(import.meta.dirname, "../descriptors/models.json");
writeFileSync(file, `${JSON.stringify(models, null, 1)}\n`);
process.stdout.write(`${file}: ${Object.keys(models).length} types\n`);

import { mkdirSync, writeFileSync } from "node:fs";
import { crds, crdYaml } from "../src/api/crds.ts";

const folder = new URL("../deploy/crds/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [file, crd] of Object.entries(crds)) writeFileSync(new URL(file, folder), crdYaml(crd));

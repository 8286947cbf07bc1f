import { type Spec, Validation } from "@cyclonedx/cyclonedx-library";

/** What the schema of CycloneDX refuses of an SBOM, strictly and in the version that the SBOM names; nothing if it fits. */
export async function bomProblems(text: string): Promise<unknown> {
  const { specVersion } = JSON.parse(text) as { readonly specVersion: Spec.Version };
  return (await new Validation.JsonStrictValidator(specVersion).validate(text)) ?? [];
}

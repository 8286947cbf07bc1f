import { describe, expect, test } from "vitest";
import { repositoryAddress, requireForProvenance } from "./repository-address.ts";

const ADDRESS = "https://git.example/upgrade-halt";
const WORKFLOW = { GITHUB_SERVER_URL: "https://forge.example", GITHUB_REPOSITORY: "owner/name" };

describe("the address of the repository", () => {
  test.each([ADDRESS, `${ADDRESS}/`, `${ADDRESS}.git`])("is the same for %s", (given) => {
    expect(repositoryAddress(given, WORKFLOW)).toBe(ADDRESS);
  });

  test("is that of the workflow unless one is given, and none elsewhere", () => {
    expect(repositoryAddress(undefined, WORKFLOW)).toBe("https://forge.example/owner/name");
    expect(repositoryAddress(undefined, {})).toBeUndefined();
  });

  test.each([
    "",
    "upgrade-halt",
    "https://git.example",
    "http://git.example/upgrade-halt",
    "git@git.example:upgrade-halt.git",
    "https://me:secret@git.example/upgrade-halt",
    "https://git.example/upgrade-halt?ref=main",
    "https://git.example/upgrade-halt#readme",
  ])("is not %j", (given) => {
    expect(() => repositoryAddress(given, {})).toThrow("is no address of a repository");
  });
});

test("provenance is refused before anything leaves where nobody says the address", () => {
  expect(() => requireForProvenance(undefined)).toThrow("say it with --repository URL");
  expect(() => requireForProvenance(ADDRESS)).not.toThrow();
});

import type { Conversation } from "../conversation.ts";

const MAPS = "/api/v1/namespaces/$ns/configmaps";
const map = (name: string, data: Record<string, string> = { a: "1" }) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data,
});

/** Create, read, replace, delete; what is refused, and in which words. */
export const objects: Conversation = {
  name: "objects",
  steps: [
    { name: "create", method: "POST", path: MAPS, body: map("one") },
    { name: "create again", method: "POST", path: MAPS, body: map("one") },
    { name: "read", path: `${MAPS}/one` },
    { name: "read what is not there", path: `${MAPS}/nowhere` },
    { name: "read an unknown resource", path: "/api/v1/namespaces/$ns/nonsenses" },
    { name: "read an unknown group", path: "/apis/nonsense.example/v1/things" },
    {
      name: "create without a name",
      method: "POST",
      path: MAPS,
      body: { apiVersion: "v1", kind: "ConfigMap", metadata: {} },
    },
    { name: "create with a bad name", method: "POST", path: MAPS, body: map("Not_A_Name") },
    { name: "create another kind here", method: "POST", path: MAPS, body: { ...map("two"), kind: "Secret" } },
    {
      name: "create another version here",
      method: "POST",
      path: MAPS,
      body: { ...map("two"), apiVersion: "v9" },
    },
    {
      name: "create in another namespace",
      method: "POST",
      path: MAPS,
      body: { ...map("two"), metadata: { name: "two", namespace: "default" } },
    },
    { name: "create what is no JSON", method: "POST", path: MAPS, body: "{ not json" },
    { name: "create an array", method: "POST", path: MAPS, body: [] },
    {
      name: "create with a wrong type inside",
      method: "POST",
      path: MAPS,
      body: { ...map("two"), data: { a: 1 } },
    },
    {
      name: "create with an unknown field",
      method: "POST",
      path: MAPS,
      body: { ...map("unknown-field"), nonsense: 1 },
    },
    {
      name: "create with an unknown field, strictly",
      method: "POST",
      path: `${MAPS}?fieldValidation=Strict`,
      body: { ...map("strict"), nonsense: 1 },
    },
    {
      name: "create with another content type",
      method: "POST",
      path: MAPS,
      headers: { "content-type": "text/plain" },
      body: "hello",
    },
    { name: "create dry", method: "POST", path: `${MAPS}?dryRun=All`, body: map("dry") },
    { name: "read what was made dry", path: `${MAPS}/dry` },
    {
      name: "create with a resourceVersion",
      method: "POST",
      path: MAPS,
      body: { ...map("versioned"), metadata: { name: "versioned", resourceVersion: "5" } },
    },
    {
      name: "create with generateName",
      method: "POST",
      path: MAPS,
      body: { ...map(""), metadata: { generateName: "made-" } },
      ignore: ["metadata.name"],
    },
    {
      name: "create in no namespace that exists",
      method: "POST",
      path: "/api/v1/namespaces/nowhere/configmaps",
      body: map("one"),
    },
    { name: "replace", method: "PUT", path: `${MAPS}/one`, body: map("one", { a: "2" }) },
    {
      name: "replace with the same",
      method: "PUT",
      path: `${MAPS}/one`,
      body: (earlier) => earlier("replace"),
    },
    {
      name: "replace at an old version",
      method: "PUT",
      path: `${MAPS}/one`,
      body: (earlier) => ({ ...map("one", { a: "3" }), metadata: earlier("create").metadata }),
    },
    { name: "replace under another name", method: "PUT", path: `${MAPS}/one`, body: map("other") },
    {
      name: "replace another uid",
      method: "PUT",
      path: `${MAPS}/one`,
      body: { ...map("one"), metadata: { name: "one", uid: "00000000-0000-0000-0000-000000000000" } },
    },
    { name: "replace what is not there", method: "PUT", path: `${MAPS}/nowhere`, body: map("nowhere") },
    { name: "a method that the resource lacks", method: "POST", path: `${MAPS}/one`, body: map("one") },
    { name: "list", path: MAPS, ignore: ["items"] },
    { name: "delete", method: "DELETE", path: `${MAPS}/one` },
    { name: "delete again", method: "DELETE", path: `${MAPS}/one` },
    { name: "read after the deletion", path: `${MAPS}/one` },
  ],
};

import { APPLY, type Conversation, JSON_PATCH, MERGE, STRATEGIC, TABLE } from "../conversation.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const GROUP = "compare.example.com";
const WIDGETS = `/apis/${GROUP}/v1/namespaces/$ns/widgets`;

const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `widgets.${GROUP}` },
  spec: {
    group: GROUP,
    scope: "Namespaced",
    names: {
      plural: "widgets",
      singular: "widget",
      kind: "Widget",
      listKind: "WidgetList",
      shortNames: ["wd"],
      categories: ["all"],
    },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          { name: "Size", type: "integer", jsonPath: ".spec.size" },
          { name: "Phase", type: "string", jsonPath: ".status.phase", priority: 1 },
          { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
        ],
        schema: {
          openAPIV3Schema: {
            type: "object",
            required: ["spec"],
            properties: {
              spec: {
                type: "object",
                required: ["size"],
                "x-kubernetes-validations": [
                  { rule: "!has(self.max) || self.size <= self.max", message: "size must not be past max" },
                ],
                properties: {
                  size: { type: "integer", minimum: 1, maximum: 100 },
                  max: { type: "integer" },
                  colour: { type: "string", enum: ["red", "blue"], default: "red" },
                  name: { type: "string", pattern: "^[a-z]+$", maxLength: 5 },
                  fixed: {
                    type: "string",
                    "x-kubernetes-validations": [{ rule: "self == oldSelf", message: "fixed is immutable" }],
                  },
                  parts: {
                    type: "array",
                    maxItems: 2,
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["id"],
                    items: {
                      type: "object",
                      required: ["id"],
                      properties: { id: { type: "string" }, n: { type: "integer", default: 7 } },
                    },
                  },
                  tags: {
                    type: "array",
                    default: [],
                    "x-kubernetes-list-type": "set",
                    items: { type: "string" },
                  },
                  options: {
                    type: "object",
                    default: {},
                    properties: { deep: { type: "boolean", default: true } },
                  },
                  pairs: {
                    type: "array",
                    default: [],
                    "x-kubernetes-list-type": "map",
                    "x-kubernetes-list-map-keys": ["id"],
                    items: { type: "object", required: ["id"], properties: { id: { type: "string" } } },
                  },
                  free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
                  labels: { type: "object", additionalProperties: { type: "string" } },
                },
              },
              status: {
                type: "object",
                properties: { phase: { type: "string" }, seen: { type: "integer" } },
              },
            },
          },
        },
      },
    ],
  },
};
const widget = (name: string, spec: object, rest: object = {}) => ({
  apiVersion: `${GROUP}/v1`,
  kind: "Widget",
  metadata: { name },
  spec,
  ...rest,
});
const make = (name: string, spec: object) => ({
  name: `refused: ${name}`,
  method: "POST",
  path: WIDGETS,
  body: widget("refused", spec),
});

/** A CRD of its own: schema, CEL rules, defaults, pruning, the status subresource and printer columns. */
export const customResources: Conversation = {
  name: "custom-resources",
  steps: [
    { name: "define", method: "POST", path: CRDS, body: definition, ignore: ["status"] },
    {
      name: "is served",
      path: `${CRDS}/widgets.${GROUP}`,
      ignore: ["status.conditions.*.lastTransitionTime"],
      until: ({ body }) =>
        body.status?.conditions?.some(
          ({ type, status }: { type: string; status: string }) => type === "Established" && status === "True",
        ),
    },
    {
      name: "is discovered",
      path: `/apis/${GROUP}/v1`,
      until: ({ status }) => status === 200,
      ignore: ["resources.*.storageVersionHash"],
    },
    {
      name: "make",
      method: "POST",
      path: WIDGETS,
      body: widget(
        "one",
        { size: 3, fixed: "a", parts: [{ id: "x" }], free: { any: { thing: 1 } }, pruned: true },
        { status: { phase: "ignored" } },
      ),
      until: ({ status }) => status !== 404,
    },
    {
      name: "make, strictly",
      method: "POST",
      path: `${WIDGETS}?fieldValidation=Strict`,
      body: widget("strict", { size: 3, pruned: true }),
    },
    make("nothing required", {}),
    make("below the minimum", { size: 0 }),
    make("no integer", { size: 1.5 }),
    make("another type", { size: "three" }),
    make("not in the enum", { size: 1, colour: "green" }),
    make("no match of the pattern, too long", { size: 1, name: "NOT-SHORT" }),
    // Two causes come in the order of a Go map: none.
    { ...make("two at once", { size: 0, colour: "green" }), ignore: ["message", "details.causes"] },
    make("a CEL rule", { size: 5, max: 4 }),
    make("too many items", { size: 1, parts: [{ id: "a" }, { id: "b" }, { id: "c" }] }),
    make("a map key twice", { size: 1, parts: [{ id: "a" }, { id: "a" }] }),
    make("a map with a wrong value", { size: 1, labels: { a: 1 } }),
    make("null where a number is due", JSON.parse('{"size":null}')),
    {
      name: "refused: no spec",
      method: "POST",
      path: WIDGETS,
      body: { apiVersion: `${GROUP}/v1`, kind: "Widget", metadata: { name: "refused" } },
    },
    {
      name: "refused: another kind",
      method: "POST",
      path: WIDGETS,
      body: { ...widget("refused", { size: 1 }), kind: "Gadget" },
    },
    {
      name: "refused: a change of what is immutable",
      method: "PATCH",
      path: `${WIDGETS}/one`,
      headers: MERGE,
      body: { spec: { fixed: "b" } },
    },
    { name: "change", method: "PATCH", path: `${WIDGETS}/one`, headers: MERGE, body: { spec: { size: 4 } } },
    {
      name: "change the status through the object",
      method: "PATCH",
      path: `${WIDGETS}/one`,
      headers: MERGE,
      body: { status: { phase: "Up" } },
    },
    {
      name: "change the status",
      method: "PATCH",
      path: `${WIDGETS}/one/status`,
      headers: MERGE,
      body: { status: { phase: "Up", pruned: 1 }, spec: { size: 99 } },
    },
    {
      name: "replace the status",
      method: "PUT",
      path: `${WIDGETS}/one/status`,
      body: (earlier) => ({ ...earlier("change the status"), status: { phase: "Down", seen: 1 } }),
    },
    {
      name: "replace the status at an old version",
      method: "PUT",
      path: `${WIDGETS}/one/status`,
      body: (earlier) => ({ ...earlier("make"), status: { phase: "Old" } }),
    },
    {
      name: "a status of a wrong type",
      method: "PATCH",
      path: `${WIDGETS}/one/status`,
      headers: MERGE,
      body: { status: { seen: "many" } },
    },
    { name: "read the status", path: `${WIDGETS}/one/status` },
    {
      name: "json patch",
      method: "PATCH",
      path: `${WIDGETS}/one`,
      headers: JSON_PATCH,
      body: [{ op: "replace", path: "/spec/size", value: 5 }],
    },
    {
      name: "strategic merge is for built-in kinds",
      method: "PATCH",
      path: `${WIDGETS}/one`,
      headers: STRATEGIC,
      body: { spec: { size: 6 } },
    },
    {
      name: "apply",
      method: "PATCH",
      path: `${WIDGETS}/applied?fieldManager=one`,
      headers: APPLY,
      body: widget("applied", { size: 2, parts: [{ id: "x", n: 1 }] }),
    },
    {
      name: "apply an element beside it",
      method: "PATCH",
      path: `${WIDGETS}/applied?fieldManager=two`,
      headers: APPLY,
      body: widget("applied", { size: 2, parts: [{ id: "y", n: 2 }] }),
    },
    {
      name: "apply a conflict",
      method: "PATCH",
      path: `${WIDGETS}/applied?fieldManager=two`,
      headers: APPLY,
      body: widget("applied", { size: 3 }),
    },
    {
      name: "replace without a resourceVersion",
      method: "PUT",
      path: `${WIDGETS}/one`,
      body: widget("one", { size: 7, fixed: "a" }),
    },
    {
      name: "replace",
      method: "PUT",
      path: `${WIDGETS}/one`,
      body: (earlier) => ({ ...earlier("json patch"), spec: { size: 7, fixed: "a" } }),
    },
    {
      name: "replace with the same",
      method: "PUT",
      path: `${WIDGETS}/one`,
      body: (earlier) => earlier("replace"),
    },
    { name: "list", path: WIDGETS },
    { name: "watch", path: `${WIDGETS}?watch=1&timeoutSeconds=1&resourceVersion=0` },
    {
      name: "watch from a version that is too old",
      path: `${WIDGETS}?watch=1&timeoutSeconds=1&resourceVersion=1`,
    },
    { name: "as a table", path: WIDGETS, headers: TABLE, ignore: ["rows.*.cells.3"] },
    { name: "across namespaces", path: `/apis/${GROUP}/v1/widgets?limit=5` },
    { name: "a version that is not served", path: `/apis/${GROUP}/v2/namespaces/$ns/widgets` },
    { name: "delete", method: "DELETE", path: `${WIDGETS}/one` },
    {
      name: "define what is malformed",
      method: "POST",
      path: CRDS,
      body: { ...definition, metadata: { name: "wrong.name" } },
    },
    {
      name: "remove the definition",
      method: "DELETE",
      path: `${CRDS}/widgets.${GROUP}`,
      ignore: [
        "status",
        "metadata.finalizers",
        "metadata.deletionTimestamp",
        "metadata.deletionGracePeriodSeconds",
      ],
    },
    { name: "is removed", path: `${CRDS}/widgets.${GROUP}`, until: ({ status }) => status === 404 },
    { name: "and not served", path: WIDGETS, until: ({ status }) => status === 404 },
  ],
};

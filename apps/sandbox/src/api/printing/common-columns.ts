import { stringAt } from "../../json/json.ts";
import type { Column } from "../resources/resource-type.ts";
import { ageOf } from "./duration.ts";

export const NAME: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description:
    "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a " +
    "client to request the generation of an appropriate name automatically. Name is primarily intended for creation " +
    "idempotence and configuration definition. Cannot be updated. More info: " +
    "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names",
  cell: (object) => object.metadata.name,
};

export const AGE: Column = {
  name: "Age",
  type: "string",
  description: "CreationTimestamp is the server time when this object was created.",
  cell: (object, now) => ageOf(stringAt(object, "metadata", "creationTimestamp"), now),
};

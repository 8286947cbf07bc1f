import { stringAt } from "../../json/json.ts";
import type { Column } from "../resources/resource-type.ts";
import { ageOf } from "./duration.ts";

export const NAME: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: "Name must be unique within a namespace.",
  cell: (object) => object.metadata.name,
};

export const AGE: Column = {
  name: "Age",
  type: "string",
  description: "CreationTimestamp is the server time when this object was created.",
  cell: (object, now) => ageOf(stringAt(object, "metadata", "creationTimestamp"), now),
};

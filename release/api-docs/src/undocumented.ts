import { type DeclarationReflection, type ProjectReflection, ReflectionKind } from "typedoc";

/** What a caller may call, and any number: a number needs its unit. */
const MEMBERS = ReflectionKind.Method | ReflectionKind.Accessor;

/** The exports of each module that have no docstring, and their methods and numbers. */
export function undocumented(project: ProjectReflection): readonly string[] {
  return (project.children ?? []).flatMap((module) =>
    (module.children ?? []).flatMap((one) => [
      ...(isDocumented(one, valuesOf(module)) ? [] : [`${module.name}: ${one.name}`]),
      ...(one.children ?? [])
        .filter((member) => member.kindOf(MEMBERS) || isNumber(member))
        .filter((member) => !isDocumented(member))
        .map((member) => `${module.name}: ${one.name}.${member.name}`),
    ]),
  );
}

function valuesOf(module: DeclarationReflection): ReadonlySet<string> {
  return new Set(module.getChildrenByKind(ReflectionKind.Variable).map(({ name }) => name));
}

function isNumber(member: DeclarationReflection): boolean {
  return member.kindOf(ReflectionKind.Property) && /^(null \| )?number( \| null)?$/.test(String(member.type));
}

/** A function has its docstring at its signature. A type that is named as the value beside it shares the value's. */
function isDocumented(one: DeclarationReflection, values: ReadonlySet<string> = new Set()): boolean {
  const commented = [one, ...(one.signatures ?? []), one.getSignature, one.setSignature];
  if (commented.some((part) => part?.hasComment() === true)) return true;
  return one.kindOf(ReflectionKind.TypeAlias) && values.has(one.name);
}

/** Sections of an INI file as supervisord reads it: keys in lower case, comments and continued lines taken into account. */
export function parseIni(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  let last: string | undefined;
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.replace(/\s[;#].*$/, "").trimEnd();
    if (line.trim() === "" || /^\s*[;#]/.test(raw)) continue;
    const name = /^\[([^\]]+)\]/.exec(line)?.[1];
    if (name !== undefined) {
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      last = undefined;
    } else if (/^\s/.test(line) && last !== undefined) {
      section.set(last, `${section.get(last) ?? ""} ${line.trim()}`);
    } else {
      const [, key = "", value = ""] = /^([^=:]+)[=:](.*)$/.exec(line) ?? [];
      last = key.trim().toLowerCase();
      if (last !== "") section.set(last, value.trim());
    }
  }
  return sections;
}

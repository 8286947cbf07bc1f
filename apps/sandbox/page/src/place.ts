import { useCallback, useEffect, useState } from "preact/hooks";

/** What the address says of the page, so that a link shares it: the node, the view and the moment. */
export interface Place {
  readonly node: string;
  readonly view: string;
  readonly moment: string;
}

function read(): Place {
  const hash = new URLSearchParams(location.hash.slice(1));
  return { node: hash.get("node") ?? "", view: hash.get("view") ?? "all", moment: hash.get("at") ?? "" };
}

/** The place, and how to go to another; the token of the address stays as it is. */
export function usePlace(): readonly [Place, (change: Partial<Place>) => void] {
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const onChange = (): void => setPlace(read());
    addEventListener("hashchange", onChange);
    return () => removeEventListener("hashchange", onChange);
  }, []);
  const go = useCallback((change: Partial<Place>): void => {
    const next = { ...read(), ...change };
    const hash = new URLSearchParams(location.hash.slice(1));
    for (const [name, value] of [
      ["node", next.node],
      ["view", next.view],
      ["at", next.moment],
    ] as const) {
      if (value === "") hash.delete(name);
      else hash.set(name, value);
    }
    history.replaceState(null, "", `#${hash}`);
    setPlace(next);
  }, []);
  return [place, go];
}

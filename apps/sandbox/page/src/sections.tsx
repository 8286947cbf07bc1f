import { useEffect, useRef } from "preact/hooks";

/** Parts of the page by the id of their heading, in their order. */
const SECTIONS = [
  ["now", "Scenario"],
  ["timeline", "Nodes"],
  ["views", "Views"],
  ["others", "Others"],
  ["controls", "Controls"],
  ["events", "Journal"],
] as const;

/**
 * Goes to a part of the page, for who works it by keyboard: the next Tab goes on from its heading, and Escape comes back
 * here from anywhere.
 */
export function Sections() {
  const first = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent): void => {
      if (key === "Escape") first.current?.focus();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return (
    <nav class="sections" aria-label="Parts of the page">
      <span aria-hidden="true">Go to (Esc):</span>
      {SECTIONS.map(([id, label], index) => (
        <button key={id} ref={index === 0 ? first : null} type="button" onClick={() => goTo(id)}>
          {label}
        </button>
      ))}
    </nav>
  );
}

/** The address stays as it is: what follows `#` in it is the token and what is shown. */
function goTo(id: string): void {
  const heading = document.getElementById(id);
  heading?.scrollIntoView();
  heading?.focus();
}

/** Parts of the page by the id of their heading, in their order. */
const SECTIONS = [
  ["now", "Scenario"],
  ["timeline", "Nodes"],
  ["views", "Views"],
  ["others", "Others"],
  ["controls", "Controls"],
  ["story", "Journal"],
] as const;

/** Goes to a part of the page, for who works it by keyboard: the next Tab goes on from its heading. */
export function Sections() {
  return (
    <nav class="sections" aria-label="Parts of the page">
      <span aria-hidden="true">Go to:</span>
      {SECTIONS.map(([id, label]) => (
        <button key={id} type="button" onClick={() => goTo(id)}>
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

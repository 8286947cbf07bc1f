import type { State } from "./types.ts";

/** What whoever looks at a cluster that the sandbox did not start has to know. */
export function GivenNote({ given }: { readonly given: NonNullable<State["given"]> }) {
  const { install } = given.off;
  return (
    <div class="given">
      <p>
        The sandbox did not start this cluster.{" "}
        {install === undefined ? "Changes are allowed in this namespace." : `Here ${install}.`}
      </p>
      {given.unread.length > 0 && (
        <ul class="unread" role="alert">
          {given.unread.map(({ what, why }) => (
            <li key={what}>
              ✖ <strong>{what}</strong> can't be read: {why}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

import { useId, useState } from "preact/hooks";

/** How long it is told that something was copied. */
const TOLD_MS = 5_000;

/** The command that does the same as a control, and a button that copies it. */
export function Twin({ command, onCopy }: { readonly command: string; readonly onCopy?: () => void }) {
  const id = useId();
  const [said, setSaid] = useState("");
  const copy = async (): Promise<void> => {
    onCopy?.();
    const words = await navigator.clipboard.writeText(command).then(
      () => "✔ copied",
      () => "✖ not copied: the browser forbids it. Select the command.",
    );
    setSaid(words);
    setTimeout(() => setSaid(""), TOLD_MS);
  };
  return (
    <span class="twin-line">
      <code class="twin" id={id}>
        {command}
      </code>{" "}
      <button type="button" class="copy" aria-describedby={id} onClick={() => void copy()}>
        Copy
      </button>{" "}
      <span class="copied" role="status">
        {said}
      </span>
    </span>
  );
}

/** How often a run that is not watched at a terminal says where it is. */
const EVERY_MS = 5_000;

/** Shows where the run is: on one line at a terminal, else now and then as a line. */
export function progressTo(stream: NodeJS.WriteStream): (text: string) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  let topic = "";
  return (text) => {
    if (stream.isTTY) {
      stream.write(`\r\u001b[K${text.slice(0, stream.columns - 1)}\r`);
      return;
    }
    const now = performance.now();
    const [newTopic = ""] = text.split(/: \d/);
    if (newTopic === topic && now - saidAt < EVERY_MS) return;
    [topic, saidAt] = [newTopic, now];
    stream.write(`${text}\n`);
  };
}

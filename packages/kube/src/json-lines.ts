/** A line longer than this is no Kubernetes object (etcd takes 1.5 MiB by default). */
const MAX_LINE = 16 * 1024 * 1024;

/**
 * Parses a stream of bytes as one JSON value a line, as a watch sends them. A last line that the connection cut
 * off is dropped.
 *
 * @throws {SyntaxError} on a whole line that is no JSON.
 * @throws {RangeError} on a line without an end.
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  // A long line comes in many pieces: each is looked at once.
  let pieces: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const lines = decoder.decode(chunk, { stream: true }).split("\n");
    const rest = lines.pop() ?? "";
    for (const end of lines) {
      const line = pieces.length === 0 ? end : pieces.join("") + end;
      pieces = [];
      length = 0;
      if (line.trim() !== "") yield JSON.parse(line);
    }
    if (rest === "") continue;
    pieces.push(rest);
    length += rest.length;
    if (length > MAX_LINE) throw new RangeError(`a line of more than ${MAX_LINE} characters`);
  }
}

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
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE) throw new RangeError(`a line of more than ${MAX_LINE} characters`);
    for (const line of lines) if (line.trim() !== "") yield JSON.parse(line);
  }
}

const NEWLINE = 10;

/** The lines of a byte stream, without their ends; the last needs one too. Throws when a line is longer than `mostBytes`. */
export async function* linesOf(chunks: AsyncIterable<Uint8Array>, mostBytes: number): AsyncGenerator<string, void, undefined> {
  let pending: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      pending.push(chunk.subarray(from, end));
      yield Buffer.concat(pending).toString('utf8');
      pending = [];
      size = 0;
      from = end + 1;
    }
    if (from === chunk.byteLength) continue;
    pending.push(chunk.subarray(from));
    size += chunk.byteLength - from;
    if (size > mostBytes) throw new Error(`A line is longer than ${mostBytes} bytes.`);
  }
}

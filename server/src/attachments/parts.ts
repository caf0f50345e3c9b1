/** A part of a file. Its bytes are valid until the next part is requested. */
export interface Part {
  bytes: Uint8Array;
  is_last: boolean;
}

/**
 * Divides bytes into parts of exactly `part_bytes`; only the last one may be shorter. Without any bytes there is one part,
 * which is empty. All parts share one buffer, so a file uses no more memory than a part, however long it is.
 */
export async function* inParts(bytes: AsyncIterable<Uint8Array>, part_bytes: number): AsyncGenerator<Part> {
  // The system adds pages of memory as they are written to, so a short file does not use those of a whole part.
  const buffer = Buffer.allocUnsafeSlow(part_bytes);
  let length = 0;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; ) {
      if (length === part_bytes) {
        yield { bytes: buffer, is_last: false };
        length = 0;
      }
      const piece = chunk.subarray(at, at + part_bytes - length);
      buffer.set(piece, length);
      at += piece.length;
      length += piece.length;
    }
  }
  yield { bytes: buffer.subarray(0, length), is_last: true };
}

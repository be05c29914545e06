/** The embedded default cannot run; the message is for the terminal and says how to fix it. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';
}

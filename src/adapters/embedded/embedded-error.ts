/** The embedded default cannot run; the message is for the person at the terminal and says how to mend it. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError';
}

/** full: the queue is at its bound; closed: no more pictures; crashed, late, failed: the picture could not be painted. */
export type StudioTrouble = 'full' | 'closed' | 'crashed' | 'late' | 'failed';

/** Why the studio gave no picture. The message names no part of the prompt. */
export class StudioError extends Error {
  override readonly name = 'StudioError';

  constructor(
    readonly trouble: StudioTrouble,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

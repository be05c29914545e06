/** Permanent refusal of a file: of the wrong kind, incomplete, or too large. */
export class MediaRefused extends Error {
  override readonly name = 'MediaRefused';
  constructor(
    readonly code: 'media_refused' | 'media_too_large',
    /** For the log alone. */
    cause?: unknown,
  ) {
    super(code, { cause });
  }
}

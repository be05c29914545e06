/** What was received is not stored, and never will be: not of the kind that was asked for, not whole, or too large. */
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

/** More pictures are waiting than this instance takes: nothing was done, and it may be tried again. */
export class MediaBusy extends Error {
  override readonly name = 'MediaBusy';
  constructor() {
    super('too many pictures are waiting');
  }
}

/** A backup was not made, or not restored; the message is for the terminal. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

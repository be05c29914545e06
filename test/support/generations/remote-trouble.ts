import { RemoteFileError, type RemoteFileTrouble } from '../../../src/ports/remote-files.js';

/** Which trouble an attempt ends with. Fails when it ends well, or with any other error. */
export async function troubleOf(attempt: Promise<unknown>): Promise<RemoteFileTrouble> {
  const error: unknown = await attempt.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RemoteFileError)) throw new Error('no RemoteFileError', { cause: error });
  return error.trouble;
}

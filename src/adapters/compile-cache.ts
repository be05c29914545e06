import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';

/** Lets a child process use the compile cache of this one, when it has one: the only thing that some inherit. */
export function compileCacheOfParent(): Readonly<Record<string, string>> {
  // Below the folder that was named Node has one for each of its versions.
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

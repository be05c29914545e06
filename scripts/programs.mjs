// Programs that tests use when the machine has them; .ci/run installs them, so that nothing is skipped there.
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

const programs = [
  { program: 'openssl', debianPackage: 'openssl', tests: 'production over TLS' },
  { program: 'redis-server', debianPackage: 'redis-server', tests: 'counters that instances share in Redis' },
  { program: 'chromium', debianPackage: 'chromium', tests: 'the API description in a real browser' },
];

/** Path of a program, or null. */
export async function findProgram(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return null;
}

export async function missingPrograms() {
  const found = await Promise.all(programs.map(({ program }) => findProgram(program)));
  return programs.filter((_, index) => found[index] === null);
}

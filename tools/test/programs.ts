// Programs that tests use when the machine has them; .ci/run installs them, so that nothing is skipped there.
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

interface Program {
  readonly program: string;
  readonly debianPackage: string;
  /** What is skipped without it. */
  readonly tests: string;
}

const programs: readonly Program[] = [
  { program: 'openssl', debianPackage: 'openssl', tests: 'production over TLS' },
  { program: 'redis-server', debianPackage: 'redis-server', tests: 'counters that instances share in Redis' },
  { program: 'chromium', debianPackage: 'chromium', tests: 'the API description in a real browser' },
];

/** Path of a program, or null. */
export async function findProgram(name: string): Promise<string | null> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, name);
    const isExecutable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isExecutable) return path;
  }
  return null;
}

/** What is skipped unless VELRO_TEST_NETWORK says that tests may fetch packages; .ci/run sets it. */
export const needsNetwork = ['the build by the Nest CLI'];

export async function missingPrograms(): Promise<Program[]> {
  const found = await Promise.all(programs.map(({ program }) => findProgram(program)));
  return programs.filter((_, index) => found[index] === null);
}

// Optional programs that tests use; .ci/run installs them, so that no test is skipped there.
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

interface Program {
  readonly program: string;
  readonly debianPackage: string;
  /** The tests that are skipped without it. */
  readonly tests: string;
}

const programs: readonly Program[] = [
  { program: 'openssl', debianPackage: 'openssl', tests: 'production over TLS' },
  { program: 'redis-server', debianPackage: 'redis-server', tests: 'counters that instances share in Redis' },
  {
    program: 'chromium',
    debianPackage: 'chromium',
    tests: 'the API description and the client in a real browser',
  },
  { program: 'clamd', debianPackage: 'clamav-daemon', tests: 'uploads that ClamAV scans' },
  {
    program: 'promtool',
    debianPackage: 'prometheus',
    tests: 'the alert rules, the dashboards and the metrics in a real Prometheus',
  },
  { program: 'curl', debianPackage: 'curl', tests: 'the commands that the README prints' },
];

/** Path of an executable on PATH, or null. */
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

/** Tests that are skipped unless VELRO_TEST_NETWORK=true allows tests to download packages; .ci/run sets it. */
export const needsNetwork = ['the build by the Nest CLI', 'the settings as the Supabase CLI reads them'];

/** Tests of files that no registry carries, which lie outside the checkout. */
export const keptElsewhere = [
  { variable: 'SEED_DOCUMENTS', tests: 'the controls against the documents that ask for them' },
  { variable: 'OSCAL_SCHEMA', tests: 'the report of the security audit against the schema of OSCAL' },
] as const;

export async function missingPrograms(): Promise<Program[]> {
  const found = await Promise.all(programs.map(({ program }) => findProgram(program)));
  return programs.filter((_, index) => found[index] === null);
}

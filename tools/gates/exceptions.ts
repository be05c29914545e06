import type { Exception } from './gate.ts';

/** Imports that break a rule. */
const imports: readonly Exception[] = [
  {
    rule: 'features-by-their-services',
    where: 'src/features/admin/admin-users.controller.ts → src/features/accounts/sessions/sessions.dto.ts',
    reason: 'administrators receive the sessions of a user in the same response type as the user',
  },
];

/** Files above the size limit, each with a maximum of its own. */
const sizes: readonly Exception[] = [
  {
    rule: 'file-size',
    where: 'client/src/schema.ts',
    upTo: 20_000,
    reason: 'generated from the API description',
  },
  { rule: 'file-size', where: 'src/database/schema.ts', upTo: 1100, reason: 'generated from the migrations' },
  {
    rule: 'file-size',
    where: 'src/api-description/traced-problems.ts',
    upTo: 1000,
    reason: 'generated from the calls in the source',
  },
  {
    rule: 'file-size',
    where: 'src/errors/catalogue.ts',
    upTo: 600,
    reason: 'one table of every error',
  },
];

const wholesale = 'its group is passed as a whole to';

/** Fields that are read through a type that the reader declares itself, where findReferences does not find the use. */
const unread: readonly Exception[] = [
  {
    rule: 'unread-field',
    where: 'supabase.publishableKey',
    reason: `${wholesale} src/adapters/endpoints.ts`,
  },
  {
    rule: 'unread-field',
    where: 'generation.queueUrl',
    reason: `${wholesale} src/adapters/fal/fal-calls.ts`,
  },
];

/** Migrations that may block or break. */
const migrations: readonly Exception[] = [];

const deadPath = (path: string, reason: string): Exception => ({
  rule: 'dead-path',
  where: 'docs/deployment.md',
  text: `\`${path}\``,
  reason,
});

/** Paths that a document names and that are not in the repository. */
const documents: readonly Exception[] = [
  deadPath('supabase/prod-ca-2021.crt', 'the certificate of Supabase is added at deployment'),
  deadPath('deploy/secrets/', 'deploy/secrets.sh makes it'),
  deadPath('deploy/.env', 'it is the operator who writes it'),
  deadPath('deploy/logs/velro.log', 'the service writes it'),
  deadPath('docs/SECURITY_MODEL.md', 'a name that the guides of others use'),
  deadPath('docs/OPERATIONS_GUIDE.md', 'a name that the guides of others use'),
];

/** Accepted faults by gate, each with its reason. An exception without a fault fails the check. */
export const exceptions = { imports, sizes, unread, migrations, documents };

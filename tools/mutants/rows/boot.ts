import type { Mutant } from '../mutant.ts';

type Row = readonly [title: string, file: string, find: string, replace: string];

/** Rules of values. Their rows that are judged in this process suffice: those that start one are not needed here. */
const values: readonly Row[] = [
  [
    'a way around authentication may be asked for',
    'config/rules/modes.ts',
    'for (const variable of bypasses) {\n    if (settings[variable]) {',
    'for (const variable of bypasses) {\n    if (settings[variable] === null) {',
  ],
  [
    'a debug mode may be on outside development',
    'config/rules/modes.ts',
    "if (settings[variable]) result.refuse(variable, 'is on outside development'",
    "if (settings[variable] === null) result.refuse(variable, 'is on outside development'",
  ],
  [
    'audit may be off outside development',
    'config/rules/modes.ts',
    "if (!settings[variable]) result.refuse(variable, 'is off outside development'",
    "if (settings[variable] === null) result.refuse(variable, 'is off outside development'",
  ],
  [
    'the service may connect as a superuser',
    'config/rules/database.ts',
    'if (isSuperuser(address.user)) {',
    "if (address.user === '') {",
  ],
  [
    'the service may connect without verified TLS',
    'config/rules/database.ts',
    "if (tls !== null) result.refuse(variable, tls, 'End it with ?sslmode=verify-full.');",
    '',
  ],
  [
    'the database may be a transaction pooler',
    'config/rules/database.ts',
    'if (address !== null && isTransactionPooler(address)) {',
    'if (address !== null && address.user === undefined && isTransactionPooler(address)) {',
  ],
  [
    'the operator may have a name that everybody tries first',
    'config/rules/operator.ts',
    "else if (commonUsers.has(user.toLowerCase().replace(/[^a-z]/g, '')) || isKnownText(user)) {",
    'else if (isKnownText(user)) {',
  ],
  [
    'a secret key of Supabase may stand where the publishable one belongs',
    'config/rules/supabase.ts',
    'kind !== null && kind !== wanted',
    "kind !== null && kind !== wanted && wanted === 'secret'",
  ],
  [
    'a limit may be looser than policy in production',
    'config/rules/limits.ts',
    'return limit !== undefined && isLooser(limit, rateLimits[name]);',
    'return limit !== undefined && limit.limit < 0 && isLooser(limit, rateLimits[name]);',
  ],
  [
    'a limit may be looser by its bursts',
    'config/rules/limits.ts',
    'Math.max(1, Math.ceil(policy.windowSeconds / limit.windowSeconds))',
    'policy.windowSeconds / limit.windowSeconds',
  ],
  [
    'replicas may count apart',
    'config/rules/network.ts',
    'if (settings.INSTANCES > 1 && redis === undefined) {',
    'if (settings.INSTANCES > 100 && redis === undefined) {',
  ],
  [
    'fal may be chosen without its key',
    'config/rules/providers.ts',
    "settings.GENERATION_PROVIDER === 'fal' && settings.FAL_KEY === undefined",
    "settings.GENERATION_PROVIDER === 'fal' && settings.FAL_KEY === null",
  ],
  [
    'the offline painter may serve production',
    'config/rules/providers.ts',
    "if (settings.GENERATION_PROVIDER === 'canvas') {",
    "if (settings.GENERATION_PROVIDER === 'canvas' && settings.AI_ENABLED === null) {",
  ],
  [
    'nobody need say which proxy is trusted',
    'config/rules/network.ts',
    'if (settings.TRUSTED_PROXY !== undefined) return;',
    'if (settings.TRUSTED_PROXY !== null) return;',
  ],
];

/** How the file `.env` is read. */
const envFile: readonly Row[] = [
  [
    'a line of .env that is not understood is skipped',
    'config/environment/env-file.ts',
    '      refuse(reasonOf(line));\n',
    '',
  ],
  [
    'a # cuts a value of .env short',
    'config/environment/env-file.ts',
    "if (rest.startsWith('#') || value.includes('#'))",
    "if (rest.startsWith('#'))",
  ],
  [
    'UTF-16 without a mark is read as nothing',
    'config/environment/env-file.ts',
    ' || bytes.subarray(0, 1024).includes(0);',
    ';',
  ],
  [
    'the last of two lines of .env counts',
    'config/environment/env-file.ts',
    'if (first !== undefined) {',
    'if (first === 0) {',
  ],
  [
    'a refused line of .env leaves the environment at its default',
    'config/environment/environment.name.ts',
    'result.isUnreadable(variable)',
    'result.faults.some((fault) => fault.variable === variable)',
  ],
  [
    'a value may arrive in its quotes',
    'config/environment/texts.ts',
    '  if (/^\\s*(["\'`])[^]*\\1\\s*$/.test(text))\n',
    "  if (text === '')\n",
  ],
];

/** Secrets that come from files. */
const secretFiles: readonly Row[] = [
  [
    'a file of a secret may be readable by others',
    'config/environment/secret-files.ts',
    '(stat.mode & readableByOthers) !== 0',
    '(stat.mode & readableByOthers) === -1',
  ],
  [
    'a secret may be set in both ways',
    'config/environment/secret-files.ts',
    'if (texts[name] !== undefined) refuse',
    "if (texts[name] === '') refuse",
  ],
  [
    'the service opens the file of the database owner',
    'config/environment/secret-files.ts',
    'else if (!unopened.includes(name)) {',
    'else {',
  ],
  [
    'a secret may come from something that is no file',
    'config/environment/secret-files.ts',
    'if (!stat.isFile())',
    'if (stat.isDirectory())',
  ],
];

/** Generated secrets. */
const generated: readonly Row[] = [
  [
    'lost secrets of a database are made anew in silence',
    'config/load-config.ts',
    'if (needsGenerated(settings)) validateKeptSecrets(home, result);',
    '',
  ],
  [
    'a generated password counts as shown before it was',
    'config/build-config.ts',
    'shown: !generated || wasShown(home, password)',
    'shown: !generated || home !== null',
  ],
];

const mutantsOf = (rows: readonly Row[], spec: string, test?: string): Mutant[] =>
  rows.map(([title, file, find, replace]) => ({
    title,
    file,
    find,
    replace,
    specs: [`test/boot/${spec}.spec.ts`],
    ...(test === undefined ? {} : { test }),
  }));

export const bootMutants: readonly Mutant[] = [
  ...mutantsOf(values, 'refused-boots', 'is refused, names'),
  ...mutantsOf(envFile, 'env-file'),
  ...mutantsOf(secretFiles, 'secret-files'),
  ...mutantsOf(generated, 'generated-secrets', 'generated secrets'),
  {
    title: 'what a shell says to psql reaches the connections of the service',
    file: 'config/environment/driver-variables.ts',
    find: '/^(PG[A-Z]|NODE_PG_)/',
    replace: '/^NODE_PG_/',
    specs: ['test/journeys/embedded-shell.spec.ts'],
  },
  {
    title: 'a holder in another PID namespace counts as dead',
    file: 'src/adapters/embedded/instance-lock.ts',
    find: "if (relation === 'unseen')",
    replace: "if (relation === 'same' && holder.pid === 0)",
    specs: ['src/adapters/embedded/instance-lock.spec.ts'],
    test: 'PID namespace of this boot',
  },
  {
    title: 'a migration waits for a lock as long as it takes',
    file: 'src/adapters/postgres/apply-migrations.ts',
    find: '    await client.query(`set local lock_timeout = ${waitMs}`);\n',
    replace: '    await client.query(`set local lock_timeout = ${waitMs * 0}`);\n',
    specs: ['src/adapters/postgres/migrate.spec.ts'],
  },
  {
    title: 'a changed file of an applied migration is taken as it is',
    file: 'src/adapters/postgres/apply-migrations.ts',
    find: 'hash !== null && hash !== hashOf(migration)',
    replace: "hash !== null && hash === ''",
    specs: ['src/adapters/postgres/migrate.spec.ts'],
  },
  {
    title: 'a port in use is found out after the database was started',
    file: 'src/serve.ts',
    find: '    await requireFreePort(config);\n',
    replace: '',
    specs: ['test/journeys/embedded-start.spec.ts'],
    test: 'on a port in use',
  },
  {
    title: 'a generated password is never noted as shown',
    file: 'src/serve.ts',
    find: '    if (!operator.shown) noteShown(home, operator.password);\n',
    replace: '',
    specs: ['test/journeys/embedded-start.spec.ts'],
    test: 'is a line for each step',
  },
];

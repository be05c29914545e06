import type { Mutant } from '../mutant.ts';

const specs = ['test/boot/refused-boots.spec.ts'];
/** The rows that are judged in this process: those that start one are not needed here. */
const test = 'is refused, names';

const rows: readonly (readonly [title: string, file: string, find: string, replace: string])[] = [
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

export const bootMutants: readonly Mutant[] = rows.map(([title, file, find, replace]) => ({
  title,
  file,
  find,
  replace,
  specs,
  test,
  cheap: true,
}));

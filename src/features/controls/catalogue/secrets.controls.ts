import { deployed, holds, inside, notApplicable, type Control } from './control.js';

/** Longest age of keys that are rotated every month, with a day for it. */
const monthDays = 32;
const quarterDays = 90;

type Keys = readonly { readonly name: string; readonly ageDays: number | null }[];

/** Of keys that must not be older than `days`: the ones that are, or whose age is not known, or how many are young enough. */
function judgeAges(keys: Keys, days: number) {
  const unknown = keys.filter(({ ageDays }) => ageDays === null);
  if (unknown.length > 0)
    return holds(
      false,
      unknown.map(({ name }) => `${name}: since when it is in use is not known`).join('; '),
    );
  const old = keys.filter(({ ageDays }) => ageDays !== null && ageDays > days);
  return old.length === 0
    ? holds(keys.length > 0, `${String(keys.length)} keys, none in use for more than ${String(days)} days`)
    : holds(false, old.map(({ name, ageDays }) => `${name}: in use for ${String(ageDays)} days`).join('; '));
}

const providerKeys: readonly string[] = ['GEMINI_API_KEY', 'OPENAI_API_KEY', 'FAL_KEY'];

export const secretsControls = {
  'secrets/jwt-length': {
    title: 'JWT_SECRET has at least 96 characters (64 in development) and is random',
    remedy: 'Generate one: python3 -c "import secrets; print(secrets.token_urlsafe(96))".',
    check: inside((see) => {
      const { characters, distinct } = see('jwtSecret');
      const least = ['production', 'staging'].includes(see('environment')) ? 96 : 64;
      return holds(
        characters >= least && distinct >= 16,
        `${String(characters)} characters, ${String(distinct)} of them distinct`,
      );
    }),
  },
  'secrets/audit-key': {
    title: 'AUDIT_ENC_KEY has 32 bytes',
    remedy: 'Generate one: openssl rand -base64 32.',
    check: inside((see) => holds(see('auditKeyBytes') === 32, `${String(see('auditKeyBytes'))} bytes`)),
  },
  'secrets/gateway-secret': {
    title: 'WEBHOOK_GATEWAY_SECRET has at least 64 characters',
    remedy: 'Generate one: openssl rand -hex 32.',
    check: inside((see) => {
      const { characters, distinct } = see('gatewaySecret');
      return holds(characters >= 64 && distinct >= 10, `${String(characters)} characters`);
    }),
  },
  'secrets/database-password': {
    title: 'The password of the database has at least 20 characters',
    remedy: 'Generate one (openssl rand -base64 33) and set it for the role of the service.',
    check: inside((see) => {
      const password = see('databasePassword');
      if (password === null) return notApplicable('the embedded database, whose password is generated');
      return holds(
        password.characters >= 20 && password.distinct >= 8,
        `${String(password.characters)} characters`,
      );
    }),
  },
  'secrets/first-administrator': {
    title: 'DEFAULT_ADMIN_EMAIL and DEFAULT_ADMIN_PASSWORD are gone',
    remedy: 'Sign in as that administrator once, then remove both variables and start again.',
    check: deployed((see) =>
      holds(!see('hasFirstAdministrator'), see('hasFirstAdministrator') ? 'both are set' : 'neither is set'),
    ),
  },
  'keys/provider-age': {
    title: 'No key of an AI provider is in use for more than a month',
    remedy: 'Make a new key at the provider, set it, start again, then revoke the old one.',
    check: deployed((see) => {
      const keys = see('keys').filter(({ name }) => providerKeys.includes(name));
      return keys.length === 0
        ? notApplicable('no key of an AI provider is set')
        : judgeAges(keys, monthDays);
    }),
  },
  'keys/jwt-age': {
    title: 'JWT_SECRET is in use for no more than a month',
    remedy: 'Set a new JWT_SECRET and the old one as JWT_SECRET_PREVIOUS, then start again.',
    check: deployed((see) =>
      judgeAges(
        see('keys').filter(({ name }) => name === 'JWT_SECRET'),
        monthDays,
      ),
    ),
  },
  'keys/age': {
    title: 'No credential is in use for more than 90 days, and none ends soon',
    remedy: 'Rotate what is named: docs/operations-guide.md says how for each.',
    check: deployed((see) => {
      const keys = see('keys').filter(({ name }) => name !== 'JWT_SECRET' && !providerKeys.includes(name));
      const ending = keys.filter(({ level }) => level === 'warning' || level === 'critical');
      return ending.length === 0
        ? // What has an end and no beginning, a version of an interface, is judged by its level.
          judgeAges(
            keys.filter(({ ageDays }) => ageDays !== null),
            quarterDays,
          )
        : holds(false, ending.map(({ name, level }) => `${name}: ${level}`).join('; '));
    }),
  },
  'keys/rotation-recorded': {
    title: 'The audit log has the configuration of each start, and with it every rotation',
    remedy: 'Set AUDIT_ENABLED=true; a start writes the entry.',
    check: inside((see) => {
      const count = see('recordedConfigurations');
      return holds(count > 0, `${String(count)} entries about configurations`);
    }),
  },
} as const satisfies Record<string, Control>;

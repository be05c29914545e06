import { randomBytes } from 'node:crypto';
import type { Config } from '../../../config/config.js';
import type { Variable } from '../../../config/environment/environment.js';
import { secretNames } from '../../../config/environment/read-environment.js';
import { newSecrets } from '../../../config/secrets/generated-secrets.js';
import { isOfVendor } from './vendors.js';

/** A secret of ours with its new value, and what a rotation without the earlier one ends. */
export interface Rotated {
  readonly name: string;
  readonly value: string;
  readonly ends: string;
  /** Stands in the file as a comment: what it opens would be lost without the present value as `_PREVIOUS`. */
  readonly needsPrevious?: true;
}

/** Those that the service has now, or would make for itself. */
export function rotated(config: Config): readonly Rotated[] {
  const made = newSecrets();
  const isSet = (name: string): boolean => config.settings.some((one) => one.name === name);
  const { named } = config.operator;
  return [
    {
      name: 'JWT_SECRET',
      value: made.JWT_SECRET,
      ends: 'every access token, visitor token, challenge of a second factor and link that was signed; everybody signs in anew',
    },
    {
      name: 'PASSWORD_PEPPER',
      value: made.PASSWORD_PEPPER,
      ends: 'every password, second factor and recovery code: everybody, administrators too, resets the password by mail and enrols a factor again. Where the pepper was not within reach leave it out; with PASSWORD_PEPPER_PREVIOUS passwords move to the new one as people sign in',
    },
    {
      name: 'WEBHOOK_GATEWAY_SECRET',
      value: made.WEBHOOK_GATEWAY_SECRET,
      ends: 'what other systems sign with it, until they have the new one; and the sealed secrets of webhook endpoints, whose owners have to rotate each',
    },
    { name: 'ADMIN_PASS', value: made.ADMIN_PASS, ends: 'the sign-in of the operator at /ops' },
    ...(named.length === 0
      ? []
      : [
          {
            name: 'OPERATORS',
            value: named.map(({ name }) => `${name}:${randomBytes(18).toString('base64url')}`).join(' '),
            ends: 'the sign-ins of the named operators at /ops: give each the new one',
          },
        ]),
    ...(isSet('METRICS_TOKEN')
      ? [
          {
            name: 'METRICS_TOKEN',
            value: randomBytes(32).toString('hex'),
            ends: 'reading /metrics until Prometheus has it',
          },
        ]
      : []),
    ...(isSet('FACEBOOK_VERIFY_TOKEN')
      ? [
          {
            name: 'FACEBOOK_VERIFY_TOKEN',
            value: randomBytes(32).toString('base64url'),
            ends: 'nothing that runs; enter it at Meta where the webhook is subscribed',
          },
        ]
      : []),
    {
      name: 'PSEUDONYM_KEY',
      value: made.PSEUDONYM_KEY,
      needsPrevious: true,
      ends: 'without the present value as PSEUDONYM_KEY_PREVIOUS: finding whose data was read by entries of the audit log from before, known devices, people of Messenger, and recognising erased accounts in a backup. It opens nothing by itself. So it is a comment in the file. Set both, and keep the previous one for as long as there are entries and backups of its time',
    },
    {
      name: 'AUDIT_ENC_KEY',
      value: made.AUDIT_ENC_KEY,
      needsPrevious: true,
      ends: 'without the present value as AUDIT_ENC_KEY_PREVIOUS: the audit log, which nobody could read or write. So it is a comment in the file. Set both, deploy, wait until the log says that the keys are sealed under the present one, remove the previous and deploy again',
    },
  ];
}

/** Secrets of ours, of which `rotated` makes new values where they are set. */
const ours: readonly Variable[] = [
  'JWT_SECRET',
  'PASSWORD_PEPPER',
  'PSEUDONYM_KEY',
  'WEBHOOK_GATEWAY_SECRET',
  'ADMIN_PASS',
  'OPERATORS',
  'METRICS_TOKEN',
  'FACEBOOK_VERIFY_TOKEN',
  'AUDIT_ENC_KEY',
];

/** Variables that are hidden like secrets and are not made anew, each with what is to be done about it. */
const excepted: Readonly<Partial<Record<Variable, string>>> = {
  ALERT_EMAIL: 'an address, which opens nothing; look whether it is still yours',
  DEFAULT_ADMIN_EMAIL: 'used once; remove it with DEFAULT_ADMIN_PASSWORD',
  DEFAULT_ADMIN_PASSWORD: 'used once; remove it, and change the password of that administrator',
};

/** What is accepted besides the present one, and what ends when it is removed. */
const earlier: Readonly<Partial<Record<Variable, string>>> = {
  JWT_SECRET_PREVIOUS: 'what it signed is accepted until then',
  PASSWORD_PEPPER_PREVIOUS:
    'passwords under it are accepted until then; whoever has not signed in since that rotation resets the password by mail',
  WEBHOOK_GATEWAY_SECRET_PREVIOUS: 'what it signed is accepted until then',
  AUDIT_ENC_KEY_PREVIOUS:
    'once the log says that the keys are sealed under the present one; before that the audit log needs it. Only then may the present one become the previous one',
  PSEUDONYM_KEY_PREVIOUS:
    'when no entry of the audit log and no backup of its time is needed; until then PSEUDONYM_KEY cannot be rotated once more without losing them',
};

export type Treatment = 'ours' | 'elsewhere' | 'earlier' | 'excepted';

/** What a rotation does about a secret variable; null where nobody decided it, which a test refuses. */
export function treatmentOf(name: string): Treatment | null {
  if ((ours as readonly string[]).includes(name)) return 'ours';
  if (isOfVendor(name)) return 'elsewhere';
  if (Object.hasOwn(earlier, name)) return 'earlier';
  return Object.hasOwn(excepted, name) ? 'excepted' : null;
}

/** A line for each secret that is set, and of which neither this command nor a vendor makes a new value. `isSet`: whether a variable is. */
export function otherLines(isSet: (name: string) => boolean): readonly string[] {
  const entries = (of: Readonly<Partial<Record<Variable, string>>>): readonly (readonly [string, string])[] =>
    Object.entries(of).filter(([name]) => isSet(name));
  const undecided = secretNames().filter((name) => isSet(name) && treatmentOf(name) === null);
  return [
    ...entries(earlier).map(([name, why]) => `remove ${name}: ${why}`),
    ...entries(excepted).map(([name, why]) => `${name}: not made anew: ${why}`),
    ...undecided.map((name) => `${name}: make it anew where it was made`),
  ];
}

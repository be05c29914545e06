import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Config } from '../../../config/config.js';
import { newSecrets } from '../../../config/secrets/generated-secrets.js';
import { hasCode } from '../../../config/values/system-error.js';
import { CommandFailed } from '../command.js';
import { openIncidentOf, type Desk } from './desk.js';
import { vendorLines } from './vendors.js';

/** A secret of ours with its new value, and what a rotation without the earlier one ends. */
interface Rotated {
  readonly name: string;
  readonly value: string;
  readonly ends: string;
  /** Stands in the file as a comment: what it opens would be lost without the present value as `_PREVIOUS`. */
  readonly needsPrevious?: true;
}

/** Those that the service has now, or would make for itself. */
function rotated(config: Config): readonly Rotated[] {
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
      name: 'PSEUDONYM_KEY',
      value: made.PSEUDONYM_KEY,
      ends: 'finding earlier entries of the audit log by account, known devices, people of Messenger, and recognising erased accounts in a backup. It opens nothing by itself: with PSEUDONYM_KEY_PREVIOUS nothing of that ends',
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
      name: 'AUDIT_ENC_KEY',
      value: made.AUDIT_ENC_KEY,
      needsPrevious: true,
      ends: 'without the present value as AUDIT_ENC_KEY_PREVIOUS: the audit log, which nobody could read or write. So it is a comment in the file. Set both, deploy, wait until the log says that the keys are sealed under the present one, remove the previous and deploy again',
    },
  ];
}

/** Writes new values into a file that only its owner reads, and prints what each ends; never a value. @throws CommandFailed */
export async function rotateAll(desk: Desk, id: string | undefined, out: string | undefined): Promise<void> {
  const incident = await openIncidentOf(desk, id);
  const secrets = rotated(desk.config);
  const file = out ?? `rotation-${incident.id}.env`;
  await write(file, linesOf(incident.id, secrets));
  await desk.database.transaction(async (tx) => {
    const text = `new secrets were made: ${secrets.map(({ name }) => name).join(', ')}`;
    await desk.incidents.note(tx, incident.id, { id: desk.random.timeOrderedUuid(), by: desk.by, text });
    await desk.entry(tx, 'incident.noted', incident);
  });
  desk.print(
    `new values of our secrets: ${file}. Nothing is in effect before they are set and the service is deployed`,
  );
  for (const { name, ends, needsPrevious } of secrets)
    desk.print(needsPrevious === true ? `${name}: needs an overlap. Ends, ${ends}` : `${name}: ends ${ends}`);
  desk.print('to be made by hand, new one first, then the earlier one revoked:');
  for (const line of vendorLines(desk.config.settings.map(({ name }) => name))) desk.print(`  ${line}`);
  desk.print(`check the whole: npm run security:validate -- --environment production. Then remove ${file}`);
}

const linesOf = (id: string, secrets: readonly Rotated[]): string =>
  [
    `# New secrets, made in incident ${id}. Set them, then remove this file.`,
    ...secrets.flatMap(({ name, value, needsPrevious }) =>
      needsPrevious === true
        ? [`# Only together with ${name}_PREVIOUS, which is the present value:`, `# ${name}=${value}`]
        : [`${name}="${value}"`],
    ),
    '',
  ].join('\n');

async function write(file: string, text: string): Promise<void> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasCode(error, 'EEXIST')) throw new CommandFailed(`${file} is there already, and stays as it is`);
    throw new CommandFailed(`${file} cannot be written`);
  }
}

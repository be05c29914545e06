// What docs/compliance.md says.
import type { SourceDocument } from '#dist/src/features/controls/documents/source-document.js';
import type { Recipient } from '#dist/config/policy/privacy/recipients.js';
import type { ComplianceRow, Framework } from './framework.ts';

export interface ComplianceParts {
  readonly frameworks: readonly Framework[];
  /** Standards whose requirements an audit judges. */
  readonly standards: readonly SourceDocument[];
  readonly recipients: readonly Recipient[];
}

/** Where data of persons are, and what encrypts them there. */
const places: readonly (readonly [what: string, where: string, how: string])[] = [
  [
    'rows of an account',
    'PostgreSQL',
    'in clear for the service; on the way by verified TLS; on the disk by the provider of the database, which the service cannot see',
  ],
  [
    'password',
    'the identity provider',
    'HMAC-SHA-256 under `PASSWORD_PEPPER` before it is sent, and the provider’s own hash of that ([security model](security-model.md#passwords))',
  ],
  [
    'what the audit log says of an account',
    'PostgreSQL',
    'sealed under a key of that account, which is itself sealed under `AUDIT_ENC_KEY` and deleted with the account ([audit log](audit.md))',
  ],
  [
    'ids and texts of people of Messenger',
    'PostgreSQL',
    'HMAC-SHA-256 and AES-256-GCM by keys derived from `PSEUDONYM_KEY` ([messenger](messenger.md))',
  ],
  [
    'pictures, videos, uploads, exports',
    'object storage',
    'private, by links that end; on the disk by the provider of the storage',
  ],
  [
    'backups of all of it',
    'the bucket or folder of the operator',
    'age, to a public key whose identity is kept elsewhere ([backups](backups.md))',
  ],
];

/** The page as Markdown that is not formatted yet. */
export function complianceText({ frameworks, standards, recipients }: ComplianceParts): string {
  return [
    '# Compliance',
    '',
    'What standards, laws and terms ask for, and what of this service serves it. It is no certificate and no legal advice: a row says which controls,',
    'routes and commands there are, not that you comply. A control is judged by `npm run security:audit` ([security audit](security-audit.md)); of those of',
    'people, a word is recorded. This page is generated from `src/features/controls/documents/`, `tools/docs/compliance/` and',
    '`config/policy/privacy/recipients.ts` by `npm run compliance`; `npm run check` fails when it differs.',
    '',
    ...frameworks.flatMap(({ title, rows, notCovered }) => [
      `## ${title}`,
      '',
      '| | asks that | controls | routes and commands |',
      '| --- | --- | --- | --- |',
      ...rows.map(rowText),
      '',
      `**Not covered.** ${notCovered}`,
      '',
    ]),
    ...standards.flatMap((standard) => [
      `## ${standard.title}`,
      '',
      'The requirements that an audit of a deployment can see kept; those that only the source shows are held by tests, and are not listed.',
      '',
      '| | because | controls |',
      '| --- | --- | --- |',
      ...standard.sections.flatMap(({ lines }) =>
        lines.map(
          ({ line, reason, controls }) => `| ${String(line)} | ${reason ?? ''} | ${codes(controls)} |`,
        ),
      ),
      '',
    ]),
    '## What is stored of a person, where, and how it is encrypted',
    '',
    'Each kind of data with its purpose, basis, period, tables and the task that deletes it is in the [record of processing](processing-record.md).',
    '',
    '| what | where | encrypted |',
    '| --- | --- | --- |',
    ...places.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    '## Processors and others that get data',
    '',
    'Whether an agreement is signed, the service cannot know: a person attests `vendor/agreements`.',
    '',
    '| who | gets | what for | role | agreement |',
    '| --- | --- | --- | --- | --- |',
    ...recipients.map(
      ({ name, gets, purpose, role }) =>
        `| ${name} | ${gets} | ${purpose} | ${role} | ${role === 'processor' ? 'DPA, and BAA where health data is handled: yours to sign' : 'yours to decide'} |`,
    ),
    '',
    '## Contacts',
    '',
    '`PRIVACY_CONTROLLER` and `PRIVACY_CONTACT` name who runs the service and whom to ask about personal data, a data protection officer where there is one:',
    'the privacy policy shows both (`GET /privacy`). `SECURITY_CONTACT` is whom to tell about a vulnerability (`GET /.well-known/security.txt`).',
    'That an officer is appointed, or that none is required, is attested as `people/officer`; nobody is appointed by the service.',
    '',
  ].join('\n');
}

const codes = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

const rowText = ({ ref, asks, controls, by }: ComplianceRow): string =>
  `| ${ref} | ${asks} | ${codes(controls)} | ${codes(by)} |`;

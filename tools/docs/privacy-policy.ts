// Writes the privacy policy of the day: its text stands here, its tables are those of config/policy/privacy.
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { build, root } from '../build.ts';
import type { PolicySection } from '../../src/features/consents/policy/privacy-policy.ts';

const folder = join(root, 'src/features/consents/policy/versions');

/** The sections as they would be written today. */
export async function policySections(): Promise<PolicySection[]> {
  await build();
  const { retentionRules } = await import('#dist/config/policy/privacy/retention.js');
  const { recipients } = await import('#dist/config/policy/privacy/recipients.js');
  return [
    {
      title: 'Who is responsible',
      paragraphs: [
        '{controller} runs this service and is responsible for what it does with your data. For questions and requests: {contact}.',
      ],
    },
    {
      title: 'What is kept, what for, and for how long',
      paragraphs: [
        'With your account all of this is deleted. The basis is the contract with you, or the interest in a service that is safe, where the table says so.',
      ],
      table: {
        columns: ['What', 'What for', 'Basis', 'For how long'],
        rows: retentionRules.map(({ kind, purpose, basis, kept }) => [
          kind,
          purpose,
          basis,
          kept.replaceAll('AUDIT_RETENTION_DAYS', '{auditdays} days'),
        ]),
      },
    },
    {
      title: 'Who else gets data',
      paragraphs: [
        'Nothing is sold, and nothing is shared for advertising. These get what they need for what they do:',
      ],
      table: {
        columns: ['Who', 'What', 'What for', 'When'],
        rows: recipients.map(({ name, gets, purpose, role, when }) => [
          name,
          gets,
          role === 'processor' ? `${purpose}, on our order alone` : `${purpose}, as you ordered`,
          when,
        ]),
      },
    },
    {
      title: 'What you may do',
      paragraphs: [
        'You may see and take with you all that is kept of you (POST /api/v1/privacy/export), have it corrected (PUT /api/v1/auth/profile), and have it deleted with your account (POST /api/v1/privacy/delete), which you may cancel during a time of grace.',
        'You may agree to the use of AI providers, refuse it or take it back at any time (PUT /api/v1/privacy/consents), and object to the sale and the sharing of your data (PUT /api/v1/privacy/do-not-sell). A browser that sends Global Privacy Control objects for you.',
        'You may complain to the authority for data protection where you live.',
      ],
    },
    {
      title: 'Decisions by programs',
      paragraphs: [
        'Requests that look like attacks are refused, and their address or account may be blocked for a time. An administrator can lift a block: write to {contact}. No other decision about you is made by a program.',
      ],
    },
    {
      title: 'People who write by Messenger',
      paragraphs: [
        'Who writes to a page of ours by Messenger needs no account. Of them their messages are kept, under a keyed hash of their id, and the answers. They can have them deleted by removing the app at Facebook.',
      ],
    },
    {
      title: 'Cookies',
      paragraphs: ['There are none.'],
    },
    {
      title: 'Changes',
      paragraphs: [
        'A change of this text is a new version with its day. Earlier versions stay readable at {address}/privacy, and of each agreement it is kept to which version it was given.',
      ],
    },
  ];
}

if (import.meta.main) {
  const version = process.argv[2] ?? new Date().toISOString().slice(0, 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(version)) throw new Error('the version is a day, as 2026-11-28');
  const path = join(folder, `${version}.ts`);
  if (existsSync(path) && process.argv[3] !== '--unpublished')
    throw new Error(`there is a version ${version}: a text that was shown is not changed; take a later day`);
  const sections = JSON.stringify(await policySections());
  const name = `privacyPolicy${version.replaceAll('-', '')}`;
  const text = `import type { PrivacyPolicy } from '../privacy-policy.js';\n\nexport const ${name}: PrivacyPolicy = { version: '${version}', sections: ${sections} };\n`;
  await writeFile(path, await format(text, { ...(await resolveConfig(path)), parser: 'typescript' }));
  process.stdout.write(`wrote ${path}: it is listed in policy-versions.ts, the latest first\n`);
}

// Writes docs/processing-record.md from the rules of retention.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { build, root } from '../build.ts';

const page = join(root, 'docs/processing-record.md');

/** docs/processing-record.md as Markdown: what is kept of persons, what for and how long. */
export async function processingRecord(): Promise<string> {
  await build();
  const { retentionRules } = await import('#dist/config/policy/privacy/retention.js');
  const { recipients } = await import('#dist/config/policy/privacy/recipients.js');
  const others = recipients.map(
    ({ name, gets, purpose, role, when }) => `| ${name} | ${gets} | ${purpose} | ${role} | ${when} |`,
  );
  const rows = retentionRules.map(({ kind, tables, purpose, basis, kept, deletedBy, shownBy }) => {
    const names = tables.map((name) => `\`${name}\``).join(', ');
    const tasks = deletedBy.map((file) => `\`src/${file}\``).join(', ');
    return `| ${kind} | ${purpose} | ${basis} | ${kept} | ${names} | ${tasks} | \`${shownBy}\` |`;
  });
  const text = [
    '# Record of processing',
    '',
    'What the service keeps of persons with an account (Article 30 of the GDPR): each table of the database that holds something of them is in one row.',
    'With the account all of it goes ([privacy](privacy.md)). This page is generated from `config/policy/privacy/retention.ts`, whose periods are',
    'those of the policies by which the tasks delete; `npm run check` fails when it differs. People of Messenger, who have no account, are in',
    '[messenger](messenger.md).',
    '',
    '| kind | purpose | basis (Article 6) | kept | tables | deleted by | shown by |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '## Recipients',
    '',
    'From `config/policy/privacy/recipients.ts`. Nothing is sold, and nothing is shared for advertising.',
    '',
    '| who | gets | what for | role | when |',
    '| --- | --- | --- | --- | --- |',
    ...others,
    '',
  ].join('\n');
  return format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
}

if (import.meta.main) {
  await writeFile(page, await processingRecord());
  process.stdout.write('wrote docs/processing-record.md\n');
}

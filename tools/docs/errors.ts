// Writes docs/errors.md from the catalogue of errors.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { build, root } from '../build.ts';

const page = join(root, 'docs/errors.md');

/** docs/errors.md as Markdown: every error code, ordered by HTTP status. */
export async function errorsPage(): Promise<string> {
  await build();
  const { catalogue } = await import('#dist/src/errors/catalogue.js');
  const rows = Object.entries(catalogue)
    .sort(([one, a], [other, b]) => a.status - b.status || one.localeCompare(other))
    .map(([code, { status, title, detail }]) => `| ${status} | \`${code}\` | ${title} | ${detail} |`);
  const text = [
    '# Errors',
    '',
    'Every error is a problem document (RFC 9457) with `type`, `title`, `status`, `detail`, `instance`, `code` and `request_id`;',
    'validation adds `errors`, each with `field`, `code` and `message`. Clients branch on `code`, which is stable. Outside',
    'development the text is fixed per code. This page is generated from `src/errors/catalogue.ts`; `npm run check` fails when it',
    'differs.',
    '',
    '| status | code | title | detail |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  return format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
}

if (import.meta.main) {
  await writeFile(page, await errorsPage());
  process.stdout.write('wrote docs/errors.md\n');
}

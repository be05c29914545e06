// Writes docs/compliance.md from the controls and what they serve.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { build, root } from '../build.ts';
import { complianceText } from './compliance/compliance-text.ts';
import { csf } from './compliance/csf.ts';
import { laws } from './compliance/laws.ts';

const page = join(root, 'docs/compliance.md');

/** docs/compliance.md as Markdown: what is asked for, and which controls, routes and commands serve it. */
export async function compliancePage(): Promise<string> {
  await build();
  const { asvs } = await import('#dist/src/features/controls/documents/asvs.js');
  const { apiTop10 } = await import('#dist/src/features/controls/documents/standards.js');
  const { recipients } = await import('#dist/config/policy/privacy/recipients.js');
  const text = complianceText({ frameworks: [csf, ...laws], standards: [asvs, apiTop10], recipients });
  return format(text, { ...(await resolveConfig(page)), parser: 'markdown' });
}

if (import.meta.main) {
  await writeFile(page, await compliancePage());
  process.stdout.write('wrote docs/compliance.md\n');
}

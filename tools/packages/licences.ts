// npm run licences: writes docs/licences.md, the packages of the image with their licences. Exit code 1, and nothing is written, when one
// has a licence that tools/packages/licence-policy.ts does not allow.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { root } from '../build.ts';
import { allowedLicences, licenceExceptions } from './licence-policy.ts';
import { readLock, type LockedPackage } from './locked-packages.ts';

type Named = Pick<LockedPackage, 'name' | 'licence'>;

/** Why a package may not be in the image; null for one that may. Of alternatives one must be allowed, of several licences all. */
export function licenceFault({ name, licence }: Named): string | null {
  if (licence === undefined) return `${name} names no licence`;
  const allowed = new Set([
    ...allowedLicences,
    ...licenceExceptions.filter((one) => name.startsWith(one.name)).map((one) => one.licence),
  ]);
  return isAllowed(tokensOf(licence), allowed) ? null : `${name} is under ${licence}`;
}

const tokensOf = (expression: string): string[] => expression.replaceAll(/[()]/g, ' $& ').trim().split(/\s+/);

/** An expression of SPDX: `AND` binds stronger than `OR`. What cannot be read is not allowed. */
function isAllowed(tokens: readonly string[], allowed: ReadonlySet<string>): boolean {
  let at = 0;
  const one = (): boolean => {
    const token = tokens[at++];
    if (token !== '(') return token !== undefined && allowed.has(token);
    const inner = either();
    return tokens[at++] === ')' && inner;
  };
  const all = (): boolean => {
    let holds = one();
    for (; tokens[at] === 'AND';) {
      at++;
      const next = one();
      holds &&= next;
    }
    return holds;
  };
  const either = (): boolean => {
    let holds = all();
    for (; tokens[at] === 'OR';) {
      at++;
      const next = all();
      holds ||= next;
    }
    return holds;
  };
  const holds = either();
  return holds && at === tokens.length;
}

/** The page of docs/licences.md. @throws Error that names each package whose licence is not allowed */
export async function licencesPage(folder: string): Promise<string> {
  const { packages } = readLock(folder);
  const faults = packages.flatMap((one) => licenceFault(one) ?? []);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const rows = new Map(
    packages.map(({ name, version, licence = '' }) => [
      `${name} ${version}`,
      `| \`${name}\` | ${version} | ${licence} |`,
    ]),
  );
  return format(
    `# Licences

Every package that the image has on some platform, by package-lock.json; \`npm run licences\` writes this page, and fails on a licence that
\`tools/packages/licence-policy.ts\` does not allow. \`npm run sbom\` prints the same as CycloneDX, with the hash of each.

| package | version | licence |
| --- | --- | --- |
${[...rows]
  .sort(([one], [other]) => (one < other ? -1 : 1))
  .map(([, row]) => row)
  .join('\n')}

Exceptions: ${licenceExceptions.map(({ name, licence, reason }) => `\`${name}*\` under ${licence} (${reason})`).join('; ')}.
`,
    { parser: 'markdown', printWidth: 110 },
  );
}

if (import.meta.main) {
  await writeFile(join(root, 'docs/licences.md'), await licencesPage(root));
  process.stdout.write('wrote docs/licences.md\n');
}

// Lints docs/openapi.json: Spectral's rules for OpenAPI, those of OWASP, and Redocly's. Prints each finding and fails on any.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createConfig, lint, stringifyYaml } from '@redocly/openapi-core';
import { root } from '../../build.ts';
import { exceptions, type LintException } from './exceptions.ts';

export interface Finding {
  readonly rule: string;
  /** The path in the description, with dots. */
  readonly where: string;
  readonly text: string;
}

// The packages of Spectral are CommonJS that Node cannot name the exports of.
const load = createRequire(import.meta.url);

async function bySpectral(text: string): Promise<Finding[]> {
  const { Document, Spectral } = load(
    '@stoplight/spectral-core',
  ) as typeof import('@stoplight/spectral-core');
  const { Json } = load('@stoplight/spectral-parsers') as typeof import('@stoplight/spectral-parsers');
  const { oas } = load('@stoplight/spectral-rulesets') as typeof import('@stoplight/spectral-rulesets');
  const owasp = load('@stoplight/spectral-owasp-ruleset') as { default?: unknown };
  const spectral = new Spectral();
  // Their own types do not agree on what a ruleset is.
  const rulesets = [oas, owasp.default ?? owasp].map((ruleset) => [ruleset, 'all']);
  spectral.setRuleset({ extends: rulesets } as Parameters<typeof spectral.setRuleset>[0]);
  const found = await spectral.run(new Document(text, Json, 'openapi.json'));
  return found.map(({ code, path, message }) => ({
    rule: String(code),
    where: path.join('.'),
    text: message,
  }));
}

async function byRedocly(file: string): Promise<Finding[]> {
  const config = await createConfig(stringifyYaml({ extends: ['recommended'] }));
  const found = await lint({ ref: file, config });
  return found.map(({ ruleId, location, message }) => ({
    rule: ruleId,
    where: location.map((one) => ('pointer' in one ? String(one.pointer) : '')).join(' '),
    text: message,
  }));
}

/** The findings that no exception covers, and exceptions that cover none. */
export function judge(found: readonly Finding[], allowed: readonly LintException[]): Finding[] {
  const covers = ({ rule, where }: LintException, finding: Finding): boolean =>
    rule === finding.rule && (where?.test(finding.where) ?? true);
  const unused = allowed.filter((one) => !found.some((finding) => covers(one, finding)));
  return [
    ...found.filter((finding) => !allowed.some((one) => covers(one, finding))),
    ...unused.map(({ rule, reason }) => ({
      rule,
      where: 'exceptions.ts',
      text: `covers nothing: ${reason}`,
    })),
  ];
}

/** What is wrong with the committed description. */
export async function lintDescription(): Promise<Finding[]> {
  const file = join(root, 'docs/openapi.json');
  const found = [...(await bySpectral(await readFile(file, 'utf8'))), ...(await byRedocly(file))];
  return judge(found, exceptions);
}

if (import.meta.main) {
  const faults = await lintDescription();
  for (const { rule, where, text } of faults) process.stdout.write(`${rule}  ${where}\n    ${text}\n`);
  process.stdout.write(`${faults.length} findings\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { withDefaults } from '../../config/environment/environment.defaults.js';
import { variables } from '../../config/environment/environment.fields.js';
import { readEnvironment, secretNames, variableNames } from '../../config/environment/read-environment.js';
import { watchedVariables } from '../../config/secrets/watched-keys.js';
import { ValidationResult } from '../../config/values/validation-result.js';
import { refusals } from '../../test/boot/refusals.js';
import { projectRoot } from '../../test/support/process/project-root.js';
import { configurationText, defaultText, type Name } from './configuration-text.ts';

const files = {
  production: '.env.production.hardened',
  staging: '.env.staging.secure',
  development: '.env.development.secure',
} as const;
const environments = Object.keys(files) as Name[];
const textOf = (file: string): string => readFileSync(join(projectRoot, file), 'utf8');
const defaultsOf = (name: Name): Map<string, unknown> =>
  new Map<string, unknown>(Object.entries(withDefaults({}, name)));
const each = <T>(make: (name: Name) => T): Record<Name, T> => ({
  production: make('production'),
  staging: make('staging'),
  development: make('development'),
});

const parts = {
  variables,
  watched: watchedVariables,
  defaults: each((name) => (variable: string) => defaultsOf(name).get(variable)),
  templates: each((name) => textOf(files[name])),
  refusals,
};
/** The rows of tables, as cells. */
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\', '')));
const [tables = '', refused = ''] = configurationText(parts).split('## What is refused');

describe('the page of the configuration', () => {
  it('has each variable once, in the order of the declarations, and the same ones as are committed', () => {
    const named = (text: string): string[] =>
      rowsOf(text).map(([, shown = '']) => /^`([A-Z_0-9]+)`/.exec(shown)?.[1] ?? shown);
    expect(named(tables)).toEqual(variableNames());
    expect(named(textOf('docs/configuration.md').split('## What is refused')[0] ?? '')).toEqual(
      variableNames(),
    );
  });

  it('names the file of a secret beside it, and of nothing else', () => {
    const withFile = rowsOf(tables).filter(([, shown = '']) => shown.includes(', `'));
    expect(withFile.map(([, shown]) => shown)).toEqual(
      secretNames().map((name) => `\`${name}\`, \`${name}_FILE\``),
    );
    expect(withFile.filter(([, , , written]) => written !== 'secret')).toEqual([]);
  });

  it.each(environments)('prints defaults of %s that change nothing when they are set', (name) => {
    const result = new ValidationResult();
    const defaults = [...defaultsOf(name)].filter(
      ([variable, value]) => value !== undefined && variable !== 'ENABLE_FILE_UPLOAD',
    );
    const texts = Object.fromEntries(
      defaults.map(([variable, value]) => [variable, defaultText(variable, value)]),
    );
    const read = readEnvironment(texts, result);
    expect(new Map(Object.entries(withDefaults(read, name)))).toEqual(defaultsOf(name));
    expect(defaults.length).toBeGreaterThan(30);
  });

  it('says where environments differ, by default and in the template', () => {
    const row = rowsOf(tables).find(([, shown]) => shown === '`THREAT_RESPONSES`') ?? [];
    expect(row.slice(4, 6)).toEqual([
      '`enforce` (production, staging); `observe` (development)',
      '`enforce` (production, staging); `observe` (development)',
    ]);
  });

  it.each(environments)('shows what the template of %s sets', (name) => {
    const set = parseEnv(parts.templates[name]);
    const only = configurationText({ ...parts, templates: each(() => parts.templates[name]) });
    for (const [, shown = '', , , , inTemplate] of rowsOf(only.split('## What is refused')[0] ?? '')) {
      const value = set[/[A-Z_0-9]+/.exec(shown)?.[0] ?? ''];
      const wanted =
        value === undefined ? '—' : value === '' ? 'empty' : `\`${value.replaceAll(',', ', ')}\``;
      expect([shown, inTemplate]).toEqual([shown, wanted]);
    }
  });

  it('lists every refused boot by each variable that it names', () => {
    const listed = new Map(rowsOf(refused).map(([, name = '', titles = '']) => [name, titles]));
    const missing = refusals.filter(({ title, names }) =>
      names.some((name) => !listed.get(`\`${name}\``)?.includes(title.replaceAll('\\', ''))),
    );
    expect(missing).toEqual([]);
    expect([...listed.keys()].toSorted()).toEqual(
      [...new Set(refusals.flatMap(({ names }) => names.map((name) => `\`${name}\``)))].toSorted(),
    );
  });

  it('says of which secrets the age is watched', () => {
    const watched = rowsOf(tables).filter((row) => row[6] === 'yes');
    expect(watched.map(([, shown = '']) => /[A-Z_0-9]+/.exec(shown)?.[0]).toSorted()).toEqual(
      [...watchedVariables].toSorted(),
    );
  });

  it('is not made where a group begins with a variable that is gone or that moved', () => {
    const without = new Map([...variables].filter(([name]) => name !== 'AI_ENABLED'));
    expect(() => configurationText({ ...parts, variables: without })).toThrow('do not follow');
    const turned = new Map([...variables].toReversed());
    expect(() => configurationText({ ...parts, variables: turned })).toThrow('do not follow');
  });
});

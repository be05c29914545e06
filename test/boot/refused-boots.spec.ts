import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigurationError, validateEnvironment, lineOf, loadConfig } from '../../config/load-config.js';
import { base, canary, changed, leaked, type Env } from './environments.js';
import { built, remove, run, temporary, type Outcome } from './processes.js';
import { serviceEntry } from '../support/process/project-root.js';
import { refusals } from './refusals.js';

const table = refusals.map((row, at) => {
  const env = changed(base(row.environment), row.changes);
  const file = Object.fromEntries(Object.entries(parseEnv(row.file ?? ''))) as Env;
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  return { ...row, at, env, everything: { ...file, ...set } };
});

/**
 * Each start of a process takes as long as all the rows above: one for every set of variables that is refused, and every
 * row under `npm run test:faults`.
 */
const started =
  process.env['EVERY_BOOT'] === 'true'
    ? table
    : [...new Map(table.map((row) => [row.names.toSorted().join(), row])).values()];

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

describe('an environment that must not boot', () => {
  it('stands in a table of at least 150 rows, each with its own title', () => {
    expect(table.length).toBeGreaterThanOrEqual(150);
    expect(new Set(table.map((row) => `${row.environment}: ${row.title}, ${row.names.join()}`)).size).toBe(
      table.length,
    );
  });

  it('would be caught if its report leaked a value, or a piece of one', () => {
    const env = { DATABASE_URL: `postgres://${canary()}:${canary()}@host`, LOG_LEVEL: 'x' };
    const piece = env.DATABASE_URL.slice(11, 27);
    expect(leaked(env, `${env.DATABASE_URL} is bad`)).toContain(env.DATABASE_URL);
    expect(leaked(env, `user ${piece}`)).toEqual([piece]);
  });

  it.each(table)('$environment: $title is refused, names $names, shows no value', ({ everything, names }) => {
    const { faults, warnings } = validateEnvironment(everything);
    expect(sorted(faults.map((fault) => fault.variable))).toEqual(sorted(names));
    expect(leaked(everything, [...faults.map(lineOf), ...warnings].join('\n'))).toEqual([]);
    for (const { reason, hint } of faults) {
      expect(reason).toMatch(/[^.]$/);
      expect(hint.length).toBeGreaterThan(5);
    }
  });

  it.each(table)(
    '$environment: $title throws an error that shows no value ($names)',
    ({ env, file, everything }) => {
      const directory = temporary();
      if (file !== undefined) writeFileSync(join(directory, '.env'), file);
      try {
        loadConfig({ env, directory });
        throw new Error('it was accepted');
      } catch (error) {
        if (!(error instanceof ConfigurationError)) throw error;
        const shown = [error.report(), error.message, error.stack, String(error), JSON.stringify(error)].join(
          '\n',
        );
        expect(leaked(everything, shown)).toEqual([]);
      } finally {
        remove(directory);
      }
    },
  );
});

describe('a process in an environment that must not boot', () => {
  const outcomes = new Map<number, Outcome>();

  beforeAll(async () => {
    await built();
    const waiting = [...started];
    const worker = async (): Promise<void> => {
      for (let row = waiting.shift(); row !== undefined; row = waiting.shift()) {
        const cwd = temporary();
        if (row.file !== undefined) writeFileSync(join(cwd, '.env'), row.file);
        outcomes.set(row.at, await run(process.execPath, [serviceEntry], { cwd, env: row.env }));
        remove(cwd);
      }
    };
    await Promise.all([worker(), worker()]);
  }, 300_000);

  afterAll(() => {
    const times = [...outcomes.values()]
      .map((outcome) => outcome.milliseconds)
      .sort((one, other) => one - other);
    const at = (share: number): string => (times[Math.floor((times.length - 1) * share)] ?? 0).toFixed(0);
    process.stdout.write(
      `refused boots: ${times.length}, two at a time; median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms\n`,
    );
  });

  it('is started for every variable that the table refuses', () => {
    const variables = (rows: typeof table): string[] => sorted(rows.flatMap(({ names }) => names));
    expect(variables(started)).toEqual(variables(table));
    expect(outcomes.size).toBe(started.length);
  });

  it.each(started)(
    '$environment: $title exits 1, names $names, shows no value',
    ({ at, names, everything }) => {
      const outcome = outcomes.get(at);
      expect(outcome?.code).toBe(1);
      expect(outcome?.stdout).toBe('');
      const lines = [...(outcome?.stderr ?? '').matchAll(/^ {2}(\S+): .+\. .+$/gm)];
      expect(sorted(lines.map((line) => line[1] ?? ''))).toEqual(sorted(names));
      expect(outcome?.stderr.trim().split('\n')).toHaveLength(lines.length + 1);
      expect(leaked(everything, outcome?.stderr ?? '')).toEqual([]);
    },
  );
});

import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../config/load-config.js';
import { notYetInEffect } from '../../config/not-yet-in-effect.js';
import { Service } from '../support/process/service.js';
import { built, remove, root, run, temporary } from './processes.js';

const variable = 'TRACING_ENABLED';
const line = `${variable} is not yet in effect`;
let directory = '';
beforeEach(() => {
  directory = temporary();
});
afterEach(() => {
  remove(directory);
});

describe('a variable that is not yet in effect', () => {
  beforeAll(built);

  const validate = async (env: Record<string, string>, ...args: string[]) => {
    const command = ['tools/start.ts', 'security-validate', ...args].map((part, at) =>
      at === 0 ? `${root}/${part}` : part,
    );
    return run(process.execPath, command, { cwd: directory, env });
  };

  it('is on the list', () => {
    expect(notYetInEffect).toHaveProperty(variable);
  });

  it('is named by the validation when it is set, and does not fail it', async () => {
    const { code, stdout } = await validate({ [variable]: 'true' });
    expect([code, stdout]).toEqual([0, `${line}\nok: this environment would boot as development.\n`]);
  });

  it('is named by the validation for machines', async () => {
    const { stdout } = await validate({ [variable]: 'true' }, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, warnings: [], not_yet_in_effect: [variable] });
  });

  it('is not named when it is unset or empty', async () => {
    for (const env of [{}, { [variable]: '' }]) expect((await validate(env)).stdout).not.toContain('effect');
  });

  it('is alone in the configuration, by its name', () => {
    expect(loadConfig({ env: { [variable]: 'false' }, directory }).withoutEffect).toEqual([variable]);
    expect(loadConfig({ env: {}, directory }).withoutEffect).toEqual([]);
  });
});

describe('a service that starts with such a variable', () => {
  it.each([
    [{ [variable]: 'true' }, 1],
    [{}, 0],
  ])('given %j logs it %i times', async (env, times) => {
    const service = await Service.start(env);
    await service.stop();
    const lines = service.printed.split('\n').filter((text) => text.includes(line));
    expect(lines).toHaveLength(times);
    for (const text of lines) expect(JSON.parse(text)).toMatchObject({ level: 'warn', msg: line });
  });
});

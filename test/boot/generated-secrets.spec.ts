import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Config } from '../../config/config.js';
import { ConfigurationError, loadConfig } from '../../config/load-config.js';
import { noteShown } from '../../config/secrets/operator-sign-in.js';
import { deployed, hexKey, password, base64Key, tokenSecret } from './environments.js';
import { built, remove, root, run, temporary } from './processes.js';

let directory = '';
beforeEach(() => {
  directory = temporary();
});
afterEach(() => {
  remove(directory);
});

const load = (env: Record<string, string> = {}): Config => loadConfig({ env, directory });
const revealed = (config: Config): string[] => [
  config.tokens.current.reveal(),
  config.passwords.pepper.current.reveal(),
  config.audit.key.current.reveal(),
  config.pseudonymKey.current.reveal(),
  config.webhookGatewaySecret.current.reveal(),
  config.operator.password.reveal(),
];
const faultsOf = (act: () => unknown): readonly { variable: string; reason: string }[] => {
  try {
    act();
  } catch (error) {
    if (error instanceof ConfigurationError) return error.faults;
    throw error;
  }
  return [];
};

describe('generated secrets', () => {
  it('are six different ones, and the same at the next start', () => {
    const first = revealed(load());
    expect(new Set(first).size).toBe(6);
    expect(revealed(load())).toEqual(first);
  });

  it('differ from one home to the next', () => {
    const first = revealed(load());
    expect(revealed(load({ VELRO_HOME: 'elsewhere' })).filter((secret) => first.includes(secret))).toEqual(
      [],
    );
  });

  it('lie in a file of mode 0600 in a folder of mode 0700, with no draft beside it', () => {
    load();
    const home = join(directory, '.velro');
    expect(statSync(join(home, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(readdirSync(home)).toEqual(['secrets.json']);
  });

  it('get mode 0600 back when the file was readable by others', () => {
    load();
    const file = join(directory, '.velro', 'secrets.json');
    chmodSync(file, 0o644);
    load();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('are not used where the operator sets one', () => {
    const secret = tokenSecret();
    expect(load({ JWT_SECRET: secret }).tokens.current.reveal()).toBe(secret);
    expect(load({ ADMIN_PASS: password() }).operator.generated).toBe(false);
  });

  it('are not made when nothing is missing, nor in production, nor for a boot that is refused', () => {
    const complete = {
      JWT_SECRET: tokenSecret(64),
      PASSWORD_PEPPER: base64Key(),
      AUDIT_ENC_KEY: base64Key(),
      PSEUDONYM_KEY: base64Key(),
      WEBHOOK_GATEWAY_SECRET: hexKey(),
      ADMIN_PASS: password(),
    };
    expect(load(complete).operator.generated).toBe(false);
    load(deployed('production'));
    expect(faultsOf(() => load({ LOG_LEVEL: 'loud' }))).toHaveLength(1);
    expect(readdirSync(directory)).toEqual([]);
  });

  it.each([
    ['no JSON', 'not json'],
    ['empty', ''],
    ['no object', 'null'],
    ['lacking a secret', '{"JWT_SECRET":"x"}'],
  ])('are refused from a file that is %s, and the file is left as it is', (_title, text) => {
    const file = join(directory, '.velro', 'secrets.json');
    mkdirSync(join(directory, '.velro'));
    writeFileSync(file, text);
    const [fault, ...others] = faultsOf(() => load());
    expect([fault?.variable, others]).toEqual(['VELRO_HOME', []]);
    expect(fault?.reason).toContain('damaged');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it.each([
    ['beside the database', (home: string) => join(home, 'postgres')],
    ['beside a note of where the database is', () => join(directory, 'elsewhere')],
  ])('are not made anew %s', (_title, clusterOf) => {
    const home = join(directory, '.velro');
    const cluster = clusterOf(home);
    mkdirSync(join(cluster, 'data'), { recursive: true });
    mkdirSync(home, { recursive: true });
    writeFileSync(join(cluster, 'data', 'PG_VERSION'), '18\n');
    if (!cluster.startsWith(home)) writeFileSync(join(home, 'postgres-place'), `${cluster}\n`);
    expect(faultsOf(() => load())).toMatchObject([
      { variable: 'VELRO_HOME', reason: expect.stringContaining('secrets.json is gone') },
    ]);
    expect(readdirSync(home)).not.toContain('secrets.json');
    const complete = {
      JWT_SECRET: tokenSecret(64),
      PASSWORD_PEPPER: base64Key(),
      AUDIT_ENC_KEY: base64Key(),
      PSEUDONYM_KEY: base64Key(),
      WEBHOOK_GATEWAY_SECRET: hexKey(),
      ADMIN_PASS: password(),
    };
    expect(load(complete).operator.generated).toBe(false);
  });

  it('hold a password that counts as shown once it was, until it is another one', () => {
    const { operator, home } = load();
    expect(operator).toMatchObject({ generated: true, shown: false });
    expect(load().operator.shown).toBe(false);
    noteShown(home, operator.password);
    expect(load().operator).toMatchObject({ generated: true, shown: true });
    expect(readFileSync(join(home, 'operator-sign-in-shown'), 'utf8')).not.toContain(
      operator.password.reveal(),
    );
    rmSync(join(home, 'secrets.json'));
    expect(load().operator.shown).toBe(false);
    expect(load({ ADMIN_PASS: password() }).operator).toMatchObject({ generated: false, shown: true });
  });

  it('are refused a home that is a file, or below one', () => {
    writeFileSync(join(directory, 'file'), '');
    for (const home of ['file', 'file/below']) {
      expect(faultsOf(() => load({ VELRO_HOME: home }))).toMatchObject([{ variable: 'VELRO_HOME' }]);
    }
  });
});

describe('processes that start concurrently', () => {
  beforeAll(built);

  it('end up with the same secrets', async () => {
    const module = new URL(`file://${join(root, 'dist/config/load-config.js')}`).href;
    const program = `const { loadConfig } = await import('${module}');
      const config = loadConfig();
      const all = [config.tokens, config.passwords.pepper, config.audit.key].map((key) => key.current.reveal());
      const { createHash } = await import('node:crypto');
      console.log(createHash('sha256').update(all.join()).digest('hex'));`;
    for (let round = 0; round < 3; round += 1) {
      const cwd = temporary();
      const start = (): ReturnType<typeof run> =>
        run(process.execPath, ['--input-type=module', '-e', program], { cwd });
      const outcomes = await Promise.all([start(), start(), start(), start()]);
      expect(outcomes.map((outcome) => outcome.code)).toEqual([0, 0, 0, 0]);
      expect(new Set(outcomes.map((outcome) => outcome.stdout)).size).toBe(1);
      expect(outcomes[0].stdout).toMatch(/^[0-9a-f]{64}\n$/);
      remove(cwd);
    }
  });
});

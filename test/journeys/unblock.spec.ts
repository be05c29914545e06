import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Secret } from '../../config/values/secret.js';
import { liftBlocks, readTarget } from '../../src/cli/unblock/lift-blocks.js';
import { Command } from '../support/process/command.js';
import { appUrl, ask } from '../support/database/database.js';
import { EmbeddedFolders } from '../support/process/embedded-folder.js';
import { until } from '../support/process/wait-until.js';
import { auditSettings } from '../support/database/audit-log.js';
import { compileCache, Service, signUp, type Account } from '../support/process/service.js';

const cli = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'unblock.js');

const unaudited = {
  audit: auditSettings({ enabled: false }),
  pseudonymKey: { current: new Secret('0'.repeat(44)), previous: null },
};

interface Ran {
  readonly code: number | null;
  readonly printed: string;
}

describe('npm run unblock', () => {
  let service: Service;
  let person: Account;
  beforeAll(async () => {
    service = await Service.start({ THREAT_RESPONSES: 'enforce' });
    person = await signUp(service);
  });
  afterAll(async () => {
    await service.discard();
  });
  beforeEach(async () => {
    await ask(service.home, 'update velro.blocks set lifted_at = now() where lifted_at is null');
  });

  const unblock = async (args: readonly string[], env: Record<string, string> = {}): Promise<Ran> => {
    const command = Command.start([process.execPath, cli, ...args], {
      cwd: service.home,
      env: { ENVIRONMENT: 'test', VELRO_HOME: service.home, ...compileCache, ...env },
    });
    return { code: await command.exited(), printed: command.printed };
  };
  const block = (address: string, userId: string | null = null) =>
    ask(
      service.home,
      "insert into velro.blocks (id, address, user_id, attack, expires_at) values ($1, $2, $3, 'reconnaissance', now() + interval '1 hour')",
      [randomUUID(), address, userId],
    );
  const isBlocked = async (address: string, token?: string): Promise<boolean> => {
    const path = token === undefined ? '/api/v1/models' : '/api/v1/auth/me';
    const { json } = await service.visitor(address).call(path, token === undefined ? {} : { token });
    return json?.code === 'address_blocked';
  };

  it('lifts the block of an address within a second, prints what it lifted, and records an event', async () => {
    await block('127.30.0.1');
    await until(() => isBlocked('127.30.0.1'), 'a block');
    const { code, printed } = await unblock(['127.30.0.1']);
    expect([code, printed]).toEqual([
      0,
      expect.stringMatching(/^lifted: 127\.30\.0\.1, reconnaissance, until \d{4}-.*Z\n$/),
    ]);
    expect(await until(async () => !(await isBlocked('127.30.0.1')), 'an open door', 1000)).toBeLessThan(
      1000,
    );
    const events = await ask(
      service.home,
      "select details from velro.security_events where text = 'ADMIN block lifted by command'",
    );
    expect(events).toEqual([{ details: { blocks: 1, address: '127.30.0.1' } }]);
    const [entry] = await ask(
      service.home,
      "select actor, subject from velro.audit_entries where action = 'block.lifted'",
    );
    expect(entry).toEqual({ actor: null, subject: null });
  });

  it.each([
    ['127.30.0.2', '::ffff:127.30.0.2'],
    ['127.30.0.2', '::FFFF:7f1e:2'],
    ['2001:db8:0:1::/64', '2001:db8:0:1::5'],
    ['2001:db8:0:1::/64', '2001:0DB8:0000:0001:ffff:ffff:ffff:ffff'],
    ['2001:db8:0:1::/64', '[2001:db8:0:1::1]'],
    ['2001:db8:0:1::/64', '2001:db8:0:1::/64'],
  ])('finds %s by the spelling %s', async (address, spelling) => {
    await block(address);
    const target = readTarget(spelling);
    if (target === null) throw new Error(`${spelling} is none`);
    expect(await liftBlocks(unaudited, new Secret(appUrl(service.home)), target)).toEqual([
      expect.objectContaining({ address }),
    ]);
  });

  it('lifts the blocks of a user at every address, by id or by e-mail address, and of no other', async () => {
    await block('127.30.0.5');
    for (const name of [person.id, person.id.toUpperCase(), person.email, person.email.toUpperCase()]) {
      await block('127.30.0.3', person.id);
      await block('127.30.0.4', person.id);
      await until(() => isBlocked('127.30.0.3', person.token), 'a block');
      const { code, printed } = await unblock([name]);
      expect([code, printed.trim().split('\n').length]).toEqual([0, 2]);
      expect(printed).not.toContain(person.email);
      await until(async () => !(await isBlocked('127.30.0.3', person.token)), 'an open door', 1000);
      expect(await isBlocked('127.30.0.5')).toBe(true);
    }
  });

  it('works on the configured database as well', async () => {
    await block('127.30.0.6');
    expect((await unblock(['127.30.0.6'], { DATABASE_URL: appUrl(service.home) })).code).toBe(0);
  });

  it.each([
    [['127.30.0.9'], 3, 'nothing to lift'],
    [[randomUUID()], 3, 'nothing to lift'],
    [['nobody@example.com'], 1, 'there is no such person'],
    [[], 2, 'usage'],
    [['127.30.0.1', '127.30.0.2'], 2, 'usage'],
    [['everybody'], 2, 'usage'],
  ])('%p ends with %i: %s', async (args, code, words) => {
    expect(await unblock(args)).toEqual({ code, printed: expect.stringContaining(words) });
  });

  it.each(['127.30.0.0/24', 'fe80::1%eth0', "' or 1=1 --"])('takes %j as little as everybody', (text) => {
    expect(readTarget(text)).toBeNull();
  });

  it('starts nothing, and reports when no service runs', async () => {
    const folders = new EmbeddedFolders();
    try {
      const answer = await unblock(['127.0.0.1'], { VELRO_HOME: folders.make() });
      expect(answer).toEqual({ code: 1, printed: expect.stringContaining('start the service first') });
    } finally {
      await folders.remove();
    }
  });
});

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ask, superuserUrl, unbalanced } from '../support/database/database.js';
import { isFullFaults } from '../support/generations/fault-kills.js';
import { Command } from '../support/process/command.js';
import { compileCache, removeHome, Service, signUp, type Account } from '../support/process/service.js';
import { withPolicy } from '../support/process/policy.js';
import { until } from '../support/process/wait-until.js';
import { makeDue, untilErased } from '../support/privacy/erasing.js';
import { placesOf } from '../support/privacy/full-person.js';
import { uploadBy } from '../support/storage/upload.js';
import { HostedSupabase } from '../support/supabase/hosted-supabase.js';

const cli = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'privacy', 'apply-erasures.js');
const env = {
  ENABLE_FILE_UPLOAD: 'true',
  RATE_LIMIT_AUTH_REGISTER: '1000/hour',
  RATE_LIMIT_API_STANDARD: '10000/minute',
  ...withPolicy({ accountDeletionPolicy: { idleLookEveryMs: 500, lookEveryMs: 500, waitSeconds: 1 } }),
};

const uploadsOf = ({ home }: Service): string[] => {
  const folder = join(home, 'objects', 'uploads');
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
    : [];
};

/** With owners and modes, for which the database asks. */
const copy = (from: string, to: string): void => {
  execFileSync('cp', ['-a', from, to]);
};

/** Somebody with a file, a project, a key and a conversation, who asked for the deletion. */
async function leaving(service: Service): Promise<Account> {
  const ada = await signUp(service);
  const call = (path: string, body: object) => ada.visitor.call(`/api/v1${path}`, { token: ada.token, body });
  const answers = [
    await uploadBy(ada, { name: 'a.txt', type: 'text/plain', bytes: Buffer.from('notes\n') }),
    await call('/projects', { name: ada.id }),
    await call('/api-keys', { name: ada.id, scopes: ['account:read'] }),
    await call('/chat', { message: `Who is ${ada.email}?` }),
    await call('/privacy/delete', {}),
  ];
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 200, 202]);
  return ada;
}

// What each stage writes to, in this order: whoever holds the table holds the worker there.
const places = [
  { stage: 'closes the account', table: 'users', statement: 'users' },
  { stage: 'takes its files', table: 'storage_removals', statement: 'storage_removals' },
  { stage: 'takes its messages', table: 'chat_messages', statement: 'chat_messages' },
  { stage: 'takes its ledger', table: 'credit_entries', statement: 'erase_ledger' },
  {
    stage: 'has removed the identity, and not the row',
    table: 'spent_first_credits',
    statement: 'spent_first_credits',
  },
  {
    stage: 'has listed the deletion, and not finished it',
    table: 'erased_accounts',
    statement: 'erased_accounts',
  },
] as const;
type Place = (typeof places)[number];

/** Holds the table against writes until the connection ends. */
async function holding({ home }: Service, { table }: Place): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: superuserUrl(home) });
  client.on('error', () => undefined);
  await client.connect();
  await client.query('begin');
  await client.query(`lock table velro.${table} in share row exclusive mode`);
  return client;
}

/** Waits until the worker is held at the place; what it would wait minutes for is over at once. */
async function untilHeld({ home }: Service, { id }: Account, { stage, statement }: Place): Promise<void> {
  const isHeld = async (): Promise<boolean> => {
    await ask(
      home,
      'update velro.revocations set expires_at = now() where subject = $1 and expires_at > now()',
      [id],
    );
    await ask(
      home,
      `update velro.account_deletions set work_at = now() where claim is null and user_id = $1 and stage = 'checking'`,
      [id],
    );
    const rows = await ask(
      home,
      `select from pg_stat_activity where usename = 'velro_app' and wait_event_type = 'Lock' and query like '%' || $1 || '%'`,
      [statement],
    );
    return rows.length > 0;
  };
  await until(isHeld, `the worker ${stage}`);
}

describe('a worker that is killed while it erases an account', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start(env);
  });
  afterAll(() => service.discard());

  /** `hold` ends, and so do the statements of the killed worker, which would be carried out without it. */
  const killAt = async (hold: pg.Client): Promise<void> => {
    await service.kill();
    await ask(
      service.home,
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'velro_app'`,
    );
    await hold.end();
  };
  const expectErased = async (ada: Account): Promise<void> => {
    await untilErased(service, ada.id);
    expect(await placesOf(service, [ada.id, ada.email])).toEqual([]);
    expect(await ask(service.home, unbalanced)).toEqual([]);
    await until(() => uploadsOf(service).length === 0, 'no object');
    expect(readdirSync(join(service.home, 'objects', 'erased')).length).toBeGreaterThan(0);
  };

  // `npm test` kills the worker of one account at every place once; `npm run test:faults` one of each account as well.
  it('at every stage in turn is followed by another each time, and nothing is left', async () => {
    const ada = await leaving(service);
    let hold = await holding(service, places[0]);
    for (const [at, place] of places.entries()) {
      await makeDue(service, ada.id);
      await untilHeld(service, ada, place);
      const next = places[at + 1];
      const nextHold = next === undefined ? null : await holding(service, next);
      await killAt(hold);
      service = await Service.start(env, service.home);
      if (nextHold !== null) hold = nextHold;
    }
    await makeDue(service, ada.id);
    await expectErased(ada);
  });

  if (isFullFaults)
    it.each(places)('when it $stage is followed by another, and nothing is left', async (place) => {
      const ada = await leaving(service);
      const hold = await holding(service, place);
      await makeDue(service, ada.id);
      await untilHeld(service, ada, place);
      await killAt(hold);
      service = await Service.start(env, service.home);
      await makeDue(service, ada.id);
      await expectErased(ada);
    });
});

describe('an account whose identity provider is away', () => {
  it('keeps its row, is tried again and told of, and is gone once the provider is back', async () => {
    const supabase = await HostedSupabase.start();
    const { auth: hosted, storage } = supabase;
    const service = await Service.start({ ...env, ...supabase.env });
    const ada = await supabase.signUp(service);
    const { id, email, token } = ada;
    expect(
      (await uploadBy(ada, { name: 'a.txt', type: 'text/plain', bytes: Buffer.from('notes') })).status,
    ).toBe(201);
    expect((await ada.visitor.call('/api/v1/privacy/delete', { method: 'POST', token })).status).toBe(202);
    // First the storage, then the provider: what is away is waited for where it is needed.
    storage.fault = 'error';
    hosted.away = true;
    await makeDue(service, id);
    /** Of the objects, below the bucket. */
    const folders = () => [...storage.objects.keys()].map((key) => key.split('/')[1]);
    const row = async () =>
      (
        await ask<{ stage: string; failures: number }>(
          service.home,
          'select stage, failures from velro.account_deletions where user_id = $1',
          [id],
        )
      )[0];
    await until(async () => ((await row())?.failures ?? 0) > 0, 'a failure');
    expect((await row())?.stage).toBe('erasing');
    expect(folders().filter((folder) => folder === 'uploads')).toHaveLength(1);
    storage.fault = 'none';
    await makeDue(service, id);
    await until(
      async () => (await row())?.stage === 'removing' && (await row())?.failures === 1,
      'the provider',
      60_000,
    );
    expect(folders().filter((folder) => folder === 'uploads')).toEqual([]);
    expect(await ask(service.home, 'select from velro.users where id = $1', [id])).toHaveLength(1);
    expect(hosted.find(email)).toBeDefined();
    // A wrong route of somebody in between is no removal.
    hosted.away = false;
    hosted.isMisrouted = true;
    await ask(
      service.home,
      'update velro.account_deletions set failures = 5, work_at = now() where user_id = $1',
      [id],
    );
    await until(
      () => service.lines().some(({ msg }) => msg === 'SECURITY-EVENT ACCOUNT erasure is delayed'),
      'the event',
      60_000,
    );
    expect(hosted.find(email)).toBeDefined();
    await until(async () => (await row())?.failures === 6, 'the wait for the next trial');
    hosted.isMisrouted = false;
    await makeDue(service, id);
    await untilErased(service, id);
    expect(hosted.find(email)).toBeUndefined();
    expect(folders()).toEqual(['erased']);
    expect(await placesOf(service, [id, email])).toEqual([]);
    await service.discard();
    await supabase.stop();
  });
});

describe('a database that is restored from before a deletion', () => {
  it('loses the account again before it is opened, and nobody else', async () => {
    const before = await Service.start(env);
    const [ada, eve] = [await leaving(before), await signUp(before)];
    await before.stop({ keepHome: true });
    const backup = mkdtempSync(join(tmpdir(), 'velro-backup-'));
    copy(`${before.home}/.`, backup);
    const service = await Service.start(env, before.home);
    await makeDue(service, ada.id);
    await untilErased(service, ada.id);
    await service.stop({ keepHome: true });
    // The database of before, beside the storage of now.
    for (const part of readdirSync(service.home).filter((name) => name.startsWith('postgres'))) {
      rmSync(join(service.home, part), { recursive: true, force: true });
      copy(join(backup, part), join(service.home, part));
    }
    const apply = async () => {
      const command = Command.start([process.execPath, cli], {
        cwd: service.home,
        env: { ENVIRONMENT: 'test', VELRO_HOME: service.home, ...env, ...compileCache },
      });
      const code = await command.exited();
      return { code, printed: command.printed };
    };
    expect(await apply()).toEqual({
      code: 0,
      printed: '1 erased accounts are listed; 1 of them were here again; none is left\n',
    });
    const opened = await Service.start(env, service.home);
    await untilErased(opened, ada.id);
    expect(await placesOf(opened, [ada.id, ada.email])).toEqual([]);
    expect(await ask(opened.home, 'select from velro.users where id = $1', [eve.id])).toHaveLength(1);
    await opened.stop({ keepHome: true });
    expect((await apply()).printed).toBe(
      '1 erased accounts are listed; 0 of them were here again; none is left\n',
    );
    await removeHome(service.home);
    rmSync(backup, { recursive: true, force: true });
  });
});

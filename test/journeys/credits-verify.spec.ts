import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from '../../config/values/secret.js';
import { verifyCredits } from '../../src/cli/credits-verify/verify-credits.js';
import { Command } from '../support/process/command.js';
import { appUrl, ask } from '../support/database/database.js';
import { EmbeddedFolders } from '../support/process/embedded-folder.js';
import { compileCache, Service, signUp, type Account } from '../support/process/service.js';

describe('npm run credits:verify', () => {
  const cli = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'credits-verify.js');
  let service: Service;
  let ada: Account;
  beforeAll(async () => {
    service = await Service.start({ DEFAULT_USER_CREDITS: '20' });
    ada = await signUp(service);
    await signUp(service);
    for (const status of ['queued', 'submitting', 'processing', 'completed', 'failed', 'cancelled'])
      await generation(status);
  });
  afterAll(async () => {
    await service.discard();
  });

  const verify = async (args: readonly string[] = [], env: Record<string, string> = {}) => {
    const command = Command.start([process.execPath, cli, ...args], {
      cwd: service.home,
      env: { ENVIRONMENT: 'test', VELRO_HOME: service.home, ...compileCache, ...env },
    });
    const code = await command.exited();
    expect(command.printed).not.toContain('@');
    return { code, printed: command.printed };
  };
  /** What the command prints a line for, without the start of a process that would tell the same of every row below. */
  const faults = async (): Promise<string[]> => {
    const lines: string[] = [];
    await verifyCredits(new Secret(appUrl(service.home)), ({ of, id, what }) => {
      lines.push(`${of} ${id}: ${what}`);
    });
    return lines;
  };
  const entry = (id: string, kind: string, balance: number, reserved: number, owner = ada.id) =>
    ask(
      service.home,
      'insert into velro.credit_entries (user_id, generation_id, kind, balance_change, reserved_change) values ($1, $2, $3, $4, $5)',
      [owner, id, kind, balance, reserved],
    );
  /** One of cost 3, with figures and ledger as they ought to be. */
  const generation = async (status: string): Promise<string> => {
    const id = randomUUID();
    await ask(
      service.home,
      `insert into velro.generations (id, user_id, model_id, prompt, credits_cost, status, deadline_at, due_at)
       values ($1, $2, 'velro/canvas', 'fog', 3, $3, now() + interval '1 hour', now() + interval '1 hour')`,
      [id, ada.id, status],
    );
    await entry(id, 'reserve', -3, 3);
    if (status === 'completed') await entry(id, 'commit', 0, -3);
    else if (status === 'failed' || status === 'cancelled') await entry(id, 'release', 3, -3);
    await ask(
      service.home,
      `update velro.users u set (credits_balance, credits_reserved) =
         (select sum(balance_change), sum(reserved_change) from velro.credit_entries where user_id = u.id)
       where id = $1`,
      [ada.id],
    );
    return id;
  };

  /** Undoes what a test has bent. */
  let undo: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of undo.reverse()) await step();
    undo = [];
    expect(await faults()).toEqual([]);
  });
  const bend = async (sql: string, values: unknown[], back: string): Promise<void> => {
    undo.push(() => ask(service.home, back, values));
    await ask(service.home, sql, values);
  };

  it('reports that all is balanced, with the counts, on the embedded and on a configured database', async () => {
    const expected = { code: 0, printed: '2 accounts, 6 generations, 0 paid calls: balanced\n' };
    expect(await verify()).toEqual(expected);
    expect(await verify(['--'])).toEqual(expected);
    expect(await verify([], { DATABASE_URL: appUrl(service.home) })).toEqual(expected);
  });

  it.each([
    ['credits_balance', 'the balance is not the sum of the ledger'],
    ['storage_bytes', 'storage_bytes is not the sum of its files'],
  ])('names the account whose %s is wrong', async (column, words) => {
    await bend(
      `update velro.users set ${column} = ${column} + 1 where id = $1`,
      [ada.id],
      `update velro.users set ${column} = ${column} - 1 where id = $1`,
    );
    expect(await verify()).toEqual({
      code: 1,
      printed: `account ${ada.id}: ${words}\n2 accounts, 6 generations, 0 paid calls: 1 fault\n`,
    });
  });

  it.each([
    ['generation_sums', 'credits', 'generation_sums are not the sums of its ended generations'],
    ['generation_sums', 'count', 'generation_sums are not the sums of its ended generations'],
    ['ledger_sums', 'balance_change', 'ledger_sums are not the sums of the ledger'],
  ])('names the account whose %s have a wrong %s', async (table, column, words) => {
    const which = `where user_id = $1 and ctid = (select min(ctid) from velro.${table} where user_id = $1)`;
    await bend(
      `update velro.${table} set ${column} = ${column} + 1 ${which}`,
      [ada.id],
      `update velro.${table} set ${column} = ${column} - 1 where user_id = $1
        and ctid = (select max(ctid) from velro.${table} where user_id = $1)`,
    );
    expect(await verify()).toEqual({
      code: 1,
      printed: `account ${ada.id}: ${words}\n2 accounts, 6 generations, 0 paid calls: 1 fault\n`,
    });
  });

  it('names the account whose reserved credits are wrong, by the ledger and by its generations', async () => {
    await bend(
      'update velro.users set credits_reserved = credits_reserved + 1 where id = $1',
      [ada.id],
      'update velro.users set credits_reserved = credits_reserved - 1 where id = $1',
    );
    const { code, printed } = await verify();
    expect(code).toBe(1);
    expect(printed).toContain(`account ${ada.id}: the reserved credits are not the sum of the ledger\n`);
    expect(printed).toContain(
      `account ${ada.id}: the reserved credits are not those of its unfinished generations and calls\n`,
    );
  });

  it('names the account whose reserved credits belong to a generation that is gone', async () => {
    const id = randomUUID();
    await entry(id, 'reserve', -2, 2);
    undo.push(() => ask(service.home, 'delete from velro.credit_entries where generation_id = $1', [id]));
    await bend(
      'update velro.users set credits_balance = credits_balance - 2, credits_reserved = credits_reserved + 2 where id = $1',
      [ada.id],
      'update velro.users set credits_balance = credits_balance + 2, credits_reserved = credits_reserved - 2 where id = $1',
    );
    expect(await verify()).toEqual({
      code: 1,
      printed: expect.stringMatching(
        new RegExp(
          `^account ${ada.id}: the reserved credits are not those of its unfinished generations and calls\n2 `,
        ),
      ),
    });
  });

  /** How the entries of a generation are bent, and what is said of it. */
  it.each([
    ['processing', 'unreserved', 'nothing is reserved for it'],
    ['processing', 'committed', 'it is settled before its end'],
    ['queued', 'released', 'it is settled before its end'],
    ['completed', 'unsettled', 'it has ended and is not settled'],
    ['failed', 'unsettled', 'it has ended and is not settled'],
    ['completed', 'unreserved', 'it is settled and nothing was reserved'],
    ['completed', 'as released', 'it is settled as what it did not end as'],
    ['cancelled', 'as committed', 'it is settled as what it did not end as'],
    ['failed', 'cheaper', 'its entries move something else than its cost'],
    ['completed', 'of another account', 'its entries stand with another account'],
  ])('names the %s generation that is %s', async (status, how, words) => {
    const id = await generation(status);
    undo.push(async () => {
      await ask(service.home, 'delete from velro.credit_entries where generation_id = $1', [id]);
      await ask(service.home, 'delete from velro.generations where id = $1', [id]);
      await ask(
        service.home,
        `update velro.users u set (credits_balance, credits_reserved) =
           (select sum(balance_change), sum(reserved_change) from velro.credit_entries where user_id = u.id)`,
      );
    });
    const other = `(select id from velro.users where id <> $2)`;
    const where = 'where generation_id = $1';
    const settled = `${where} and kind in ('commit', 'release')`;
    const statements: Record<string, () => Promise<unknown>> = {
      unreserved: () =>
        ask(service.home, `delete from velro.credit_entries ${where} and kind = 'reserve'`, [id]),
      committed: () => entry(id, 'commit', 0, -3),
      released: () => entry(id, 'release', 3, -3),
      unsettled: () => ask(service.home, `delete from velro.credit_entries ${settled}`, [id]),
      'as released': () =>
        ask(service.home, `update velro.credit_entries set kind = 'release', balance_change = 3 ${settled}`, [
          id,
        ]),
      'as committed': () =>
        ask(service.home, `update velro.credit_entries set kind = 'commit', balance_change = 0 ${settled}`, [
          id,
        ]),
      cheaper: () => ask(service.home, `update velro.credit_entries set balance_change = 2 ${settled}`, [id]),
      'of another account': () =>
        ask(service.home, `update velro.credit_entries set user_id = ${other} ${settled}`, [id, ada.id]),
    };
    await statements[how]?.();
    expect((await faults()).filter((line) => line.startsWith('generation'))).toEqual([
      `generation ${id}: ${words}`,
    ]);
  });

  /** A call that cost 3, with figures and ledger as they ought to be. `charged`: null while it is not settled. */
  const paidCall = async (charged: number | null): Promise<string> => {
    const id = randomUUID();
    await ask(
      service.home,
      `insert into velro.ai_calls (id, purpose, user_id, provider, model, sum_scopes, sum_periods, reserved_microusd, expires_at,
         settled_at, credits_cost, credits_charged)
       values ($1, 'chat', $2, 'gemini', 'm', '{}', '{}', 0, now() + interval '1 hour', case when $3::int is null then null else now() end, 3, $3)`,
      [id, ada.id, charged],
    );
    undo.push(async () => {
      await ask(service.home, 'delete from velro.credit_entries where call_id = $1', [id]);
      await ask(service.home, 'delete from velro.ai_calls where id = $1', [id]);
      await figuresOfLedger();
    });
    await entryOfCall(id, 'reserve', -3, 3);
    if (charged !== null) await entryOfCall(id, charged > 0 ? 'commit' : 'release', charged > 0 ? 0 : 3, -3);
    await figuresOfLedger();
    return id;
  };
  const entryOfCall = (id: string, kind: string, balance: number, reserved: number) =>
    ask(
      service.home,
      'insert into velro.credit_entries (user_id, call_id, kind, balance_change, reserved_change) values ($1, $2, $3, $4, $5)',
      [ada.id, id, kind, balance, reserved],
    );
  const figuresOfLedger = () =>
    ask(
      service.home,
      `update velro.users u set (credits_balance, credits_reserved) =
         (select sum(balance_change), sum(reserved_change) from velro.credit_entries where user_id = u.id)`,
    );

  it('knows calls of language models that cost credits, settled or not', async () => {
    for (const charged of [null, 3, 0]) await paidCall(charged);
    expect(await verify()).toEqual({
      code: 0,
      printed: '2 accounts, 6 generations, 3 paid calls: balanced\n',
    });
  });

  it('names the account whose reserved credits belong to a call that is gone', async () => {
    const id = await paidCall(null);
    await ask(service.home, 'delete from velro.ai_calls where id = $1', [id]);
    const { code, printed } = await verify();
    expect(code).toBe(1);
    expect(printed.split('\n')[0]).toBe(
      `account ${ada.id}: the reserved credits are not those of its unfinished generations and calls`,
    );
  });

  /** How the entries of a call are bent, and what is said of it. */
  const settlement = "where call_id = $1 and kind in ('commit', 'release')";
  it.each([
    [
      null,
      'unreserved',
      "delete from velro.credit_entries where call_id = $1 and kind = 'reserve'",
      'nothing is reserved for it',
    ],
    [3, 'unsettled', `delete from velro.credit_entries ${settlement}`, 'it has ended and is not settled'],
    [
      3,
      'given back',
      `update velro.credit_entries set kind = 'release', balance_change = 3 ${settlement}`,
      'it is settled as what it did not end as',
    ],
    [
      0,
      'kept',
      `update velro.credit_entries set kind = 'commit', balance_change = 0 ${settlement}`,
      'it is settled as what it did not end as',
    ],
    [
      0,
      'cheaper',
      `update velro.credit_entries set balance_change = 2 ${settlement}`,
      'its entries move something else than its cost',
    ],
    [
      3,
      'of another account',
      `update velro.credit_entries set user_id = (select id from velro.users where id <> user_id limit 1) ${settlement}`,
      'its entries stand with another account',
    ],
    [
      null,
      'settled',
      "insert into velro.credit_entries (user_id, call_id, kind, balance_change, reserved_change) select user_id, id, 'commit', 0, -3 from velro.ai_calls where id = $1",
      'it is settled before its end',
    ],
  ])('names the call of %p that is %s', async (charged, _, bending, words) => {
    const id = await paidCall(charged);
    await ask(service.home, bending, [id]);
    expect((await faults()).filter((line) => line.startsWith('call'))).toEqual([`call ${id}: ${words}`]);
  });

  it('ignores a finished generation from before there was a ledger', async () => {
    const id = randomUUID();
    undo.push(() => ask(service.home, 'delete from velro.generations where id = $1', [id]));
    await ask(
      service.home,
      "insert into velro.generations (id, user_id, model_id, prompt, credits_cost, status) values ($1, $2, 'velro/canvas', 'fog', 3, 'completed')",
      [id, ada.id],
    );
    expect((await verify()).code).toBe(0);
  });

  it('reads more accounts and generations than one page holds', async () => {
    undo.push(() => ask(service.home, "delete from velro.users where email like 'many-%'"));
    await ask(
      service.home,
      `insert into velro.users (id, email, credits_balance)
       select gen_random_uuid(), 'many-' || n, case when n = 401 then 1 else 0 end from generate_series(1, 450) n`,
    );
    await ask(
      service.home,
      `insert into velro.generations (id, user_id, model_id, prompt, credits_cost, status)
       select gen_random_uuid(), id, 'velro/canvas', 'fog', 0, 'failed' from velro.users where email like 'many-%'`,
    );
    const [bent] = await ask<{ id: string }>(
      service.home,
      "select id from velro.users where email = 'many-401'",
    );
    expect(await verify()).toEqual({
      code: 1,
      printed: `account ${bent?.id ?? ''}: the balance is not the sum of the ledger\n452 accounts, 456 generations, 0 paid calls: 1 fault\n`,
    });
  });

  it('starts nothing, and reports when no service runs', async () => {
    const folders = new EmbeddedFolders();
    try {
      const answer = await verify([], { VELRO_HOME: folders.make() });
      expect(answer).toEqual({ code: 1, printed: expect.stringContaining('start the service first') });
    } finally {
      await folders.remove();
    }
  });

  it.each([[['now']], [['--', '--fix']]])('exits with its usage on %p', async (args) => {
    expect(await verify(args)).toEqual({ code: 2, printed: expect.stringContaining('usage') });
  });
});

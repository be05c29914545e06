import { Secret } from '../../config/values/secret.js';
import { PostgresDatabase } from '../../src/adapters/postgres/postgres-database.js';
import { ErasureRepository } from '../../src/features/privacy/deletion/erasure.repository.js';
import { personalTables } from '../../src/features/privacy/personal-tables.js';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appUrl, ask, unbalanced } from '../support/database/database.js';
import { auditedIn, auditRows } from '../support/database/audit-entries.js';
import { mailsTo } from '../support/accounts/outbox.js';
import { administrator } from '../support/accounts/authenticator.js';
import { KeyOwner } from '../support/accounts/api-keys.js';
import { Command } from '../support/process/command.js';
import { compileCache, password, Service, signUp, type Account } from '../support/process/service.js';
import { withPolicy } from '../support/process/policy.js';
import { until } from '../support/process/wait-until.js';
import { makeDue, untilErased } from '../support/privacy/erasing.js';
import { everything, fullPerson, placesOf, type FullPerson } from '../support/privacy/full-person.js';

const path = '/api/v1/privacy/delete';
const cli = (name: string) => join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', `${name}.js`);

const objectsOf = (home: string): string[] => {
  const folder = join(home, 'objects');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
};

/** What is due begins at once. */
const soon = withPolicy({
  accountDeletionPolicy: { idleLookEveryMs: 500, lookEveryMs: 500, waitSeconds: 1 },
  dataExportPolicy: { idleLookEveryMs: 500, lookEveryMs: 500 },
});

describe('the deletion of an account', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({ ...everything, ...soon });
  });
  afterAll(async () => {
    await service.discard();
  });

  const call = (who: Account, method: string, token = who.token) => who.visitor.call(path, { method, token });
  const rows = (who: Account) =>
    ask<{ stage: string }>(service.home, 'select stage from velro.account_deletions where user_id = $1', [
      who.id,
    ]);
  const events = ({ id }: Account): string[] =>
    service
      .lines()
      .filter(({ user_id: of, msg }) => of === id && msg.includes('ACCOUNT'))
      .map(({ msg }) => msg.replace('SECURITY-EVENT ', ''));

  it('waits for two weeks, is answered the same twice, is told by mail and audited once', async () => {
    const ada = await signUp(service);
    expect((await call(ada, 'GET')).status).toBe(404);
    const entries = await auditedIn(service, async () => {
      const first = await call(ada, 'POST');
      expect(first.status).toBe(202);
      const days = (Date.parse(first.json.due_at) - Date.parse(first.json.requested_at)) / (24 * 3600 * 1000);
      expect(days).toBe(14);
      const second = await call(ada, 'POST');
      expect([second.status, second.json]).toEqual([202, first.json]);
      expect((await call(ada, 'GET')).json).toEqual(first.json);
    });
    expect(entries.map(({ action }) => action)).toEqual(['deletion.requested']);
    expect(events(ada)).toEqual(['ACCOUNT deletion requested']);
    await until(() => mailsTo(service.home, ada.email).length === 1, 'the mail');
    expect(mailsTo(service.home, ada.email)[0]).toMatchObject({ subject: 'Your account will be deleted' });
    expect(await rows(ada)).toEqual([{ stage: 'waiting' }]);
    // Meanwhile the account works.
    expect((await ada.visitor.call('/api/v1/auth/me', { token: ada.token })).status).toBe(200);
  });

  it('is cancelled without a fresh proof, once, and the account stays', async () => {
    const owner = await KeyOwner.signUp(service, []);
    const ada = owner.account;
    expect((await call(ada, 'POST')).status).toBe(202);
    const entries = await auditedIn(service, async () => {
      expect((await call(ada, 'DELETE', owner.staleToken())).status).toBe(204);
      expect((await call(ada, 'DELETE')).status).toBe(404);
    });
    expect(entries.map(({ action }) => action)).toEqual(['deletion.cancelled']);
    expect(events(ada)).toEqual(['ACCOUNT deletion requested', 'ACCOUNT deletion cancelled']);
    expect(await rows(ada)).toEqual([]);
    await until(
      () => mailsTo(service.home, ada.email).some(({ subject }) => subject === 'Your account stays'),
      'the mail',
    );
  });

  it('is not requested without a fresh proof, by an API key, or by nobody; and nothing is changed', async () => {
    const owner = await KeyOwner.signUp(service, []);
    const ada = owner.account;
    const key = await owner.key();
    const refusals = await Promise.all([
      call(ada, 'POST', owner.staleToken()),
      call(ada, 'POST', key.text),
      call(ada, 'GET', key.text),
      call(ada, 'DELETE', key.text),
      ada.visitor.call(path, { method: 'POST' }),
    ]);
    expect(refusals.map(({ status, json }) => [status, json.code])).toEqual([
      [401, 'step_up_required'],
      [403, 'scope_missing'],
      [403, 'scope_missing'],
      [403, 'scope_missing'],
      [401, 'token_missing'],
    ]);
    expect(await rows(ada)).toEqual([]);
  });

  it('is refused to the last administrator of a kind, and nothing is changed; and not to the one before', async () => {
    const alone = await Service.start(soon);
    const first = await administrator(alone, 'super_admin');
    const ordinary = await administrator(alone, 'admin');
    const ask202 = (who: Account) => who.visitor.call(path, { method: 'POST', token: who.token });
    const refused = await ask202(first);
    expect([refused.status, refused.json.code]).toEqual([409, 'last_administrator']);
    expect(await ask(alone.home, 'select from velro.account_deletions')).toEqual([]);
    expect((await ask202(ordinary)).status).toBe(202);
    const second = await administrator(alone, 'super_admin');
    const both = await Promise.all([ask202(first), ask202(second)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([202, 409]);
    // Somebody else may be gone by then: it is looked at once more before anything is closed.
    const [waiting] = await ask<{ user_id: string }>(
      alone.home,
      `select user_id from velro.account_deletions d join velro.users u on u.id = d.user_id where u.role = 'super_admin'`,
    );
    const id = waiting?.user_id ?? '';
    await ask(
      alone.home,
      `update velro.users set disabled_at = now() where role = 'super_admin' and id <> $1`,
      [id],
    );
    await makeDue(alone, id);
    await until(async () => {
      const [row] = await ask<{ later: boolean; stage: string }>(
        alone.home,
        `select work_at > now() + interval '23 hours' as later, stage from velro.account_deletions where user_id = $1`,
        [id],
      );
      return row?.later === true && row.stage === 'waiting';
    }, 'another day');
    expect(
      await ask(alone.home, 'select from velro.users where id = $1 and disabled_at is null', [id]),
    ).toHaveLength(1);
    await alone.discard();
  });

  describe('whose time has come,', () => {
    let ada: FullPerson;
    let before: string[];
    let tables: readonly string[];
    beforeAll(async () => {
      before = objectsOf(service.home);
      ada = await fullPerson(service);
      expect(
        (await ada.visitor.call('/api/v1/privacy/export', { method: 'POST', token: ada.token })).status,
      ).toBe(202);
      const ready = `select from velro.data_exports where user_id = $1 and state = 'ready'`;
      await until(async () => (await ask(service.home, ready, [ada.id])).length === 1, 'the export');
      const connection = new PostgresDatabase(new Secret(appUrl(service.home)), () => undefined);
      const rowsOf = new ErasureRepository(connection);
      tables = (await rowsOf.left(personalTables, { userId: ada.id, accounts: [] }, 1)).map(
        ({ table }) => table,
      );
      await connection.close();
      expect((await call(ada, 'POST')).status).toBe(202);
      await makeDue(service, ada.id);
      // Its tokens are refused by a row that is still needed: until that is gone, the deletion is not at its end.
      const waits = `select from velro.account_deletions where user_id = $1 and stage = 'checking' and claim is null`;
      await until(async () => (await ask(service.home, waits, [ada.id])).length === 1, 'the check');
      expect(await ask(service.home, 'select from velro.erased_accounts')).toEqual([]);
      await untilErased(service, ada.id);
    });
    afterAll(() => ada.receiver.stop());

    it('had rows in every table of persons', () => {
      const erased = personalTables.filter((one) => one.erased.length > 0).map(({ table }) => table);
      expect(erased.filter((table) => !tables.includes(table))).toEqual([]);
    });

    it('leaves the person in no column of any table', async () => {
      expect(await placesOf(service, ada.traces)).toEqual([]);
    });

    it('leaves no object of theirs in the storage, and one that lists the deletion', () => {
      const left = objectsOf(service.home).filter((file) => !before.includes(file));
      expect(left.filter((file) => !file.includes('erased'))).toEqual([]);
      expect(left.filter((file) => file.includes('erased')).length).toBeGreaterThan(0);
      for (const trace of ada.traces) expect(left.join()).not.toContain(trace);
    });

    it('leaves tokens, keys and passwords that nobody accepts', async () => {
      const [me, key, login, refresh] = await Promise.all([
        ada.visitor.call('/api/v1/auth/me', { token: ada.token }),
        ada.visitor.call('/api/v1/auth/me', { token: ada.key }),
        service.visitor().call('/api/v1/auth/login', { body: { email: ada.email, password } }),
        service.visitor().call('/api/v1/auth/refresh', { body: { refresh_token: ada.refreshToken } }),
      ]);
      expect([me, key, login, refresh].map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    });

    it('is an event that says nothing of them', () => {
      const told = service.lines().filter(({ msg }) => msg === 'SECURITY-EVENT ACCOUNT erased');
      expect(told).toMatchObject([{ event: 'user_updated', threat_level: 'LOW' }]);
      for (const trace of ada.traces) expect(JSON.stringify(told)).not.toContain(trace);
    });

    it('leaves a log of that it was done, of which nobody can read whom it concerned', async () => {
      const entries = await auditRows(service);
      expect(entries.filter(({ action }) => action === 'user.deleted').length).toBeGreaterThan(0);
      const { json } = await ada.admin.visitor.call('/api/v1/admin/audit?action=user.deleted', {
        token: ada.admin.token,
      });
      expect(json.data[0].details).toBeNull();
      expect(await ask(service.home, 'select from velro.erased_accounts')).toHaveLength(1);
    });

    it('leaves books that agree', async () => {
      expect(await ask(service.home, unbalanced)).toEqual([]);
      for (const name of ['credits-verify', 'audit-verify', 'storage-verify']) {
        const command = Command.start([process.execPath, cli(name)], {
          cwd: service.home,
          env: { VELRO_HOME: service.home, ENVIRONMENT: 'test', ...compileCache },
        });
        const code = await command.exited();
        expect({ name, code, printed: code === 0 ? '' : command.printed }).toEqual({
          name,
          code: 0,
          printed: '',
        });
      }
    });

    it('lets the address sign up as somebody new, without first credits', async () => {
      const again = await service
        .visitor()
        .call('/api/v1/auth/register', { body: { email: ada.email, password } });
      expect(again.status).toBe(201);
      expect(again.json.user.id).not.toBe(ada.id);
      const balance = await service
        .visitor()
        .call('/api/v1/credits/balance', { token: again.json.access_token });
      expect(balance.json.balance).toBe(0);
      const eve = await signUp(service);
      expect(
        (await eve.visitor.call('/api/v1/credits/balance', { token: eve.token })).json.balance,
      ).toBeGreaterThan(0);
    });
  });
});

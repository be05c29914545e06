import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import {
  administrator,
  codeAt,
  now,
  steadyMoment,
  type Administrator,
} from '../support/accounts/authenticator.js';
import { auditedIn } from '../support/database/audit-entries.js';
import { ask } from '../support/database/database.js';
import type { Answer } from '../support/http/http.js';
import { password, Service, signUp, type Account } from '../support/process/service.js';

describe('the audit log has one entry of', () => {
  let service: Service;
  let admin: Administrator;
  let ada: Account;
  beforeAll(async () => {
    service = await Service.start({});
    admin = await administrator(service, 'super_admin');
    ada = await signUp(service);
  });
  afterAll(async () => {
    await service.discard();
  });

  const call = (
    { visitor, token }: Pick<Account, 'visitor' | 'token'>,
    path: string,
    method = 'POST',
    body?: object,
  ): Promise<Answer> =>
    visitor.call(`/api/v1${path}`, { method, token, ...(body === undefined ? {} : { body }) });
  /** The actions of the entries that `work` makes, as they follow each other. `work` returns what must have been done. */
  const actionsOf = async (work: () => Promise<Answer>): Promise<string[]> => {
    let status = 0;
    const rows = await auditedIn(service, async () => (status = (await work()).status));
    expect([200, 201, 202, 204]).toContain(status);
    return rows.map(({ action }) => action);
  };

  it('a sign-up, a sign-in and a sign-out', async () => {
    const visitor = service.visitor();
    const email = `${randomUUID()}@example.com`;
    expect(
      await actionsOf(() => visitor.call('/api/v1/auth/register', { body: { email, password } })),
    ).toEqual(['user.created', 'user.signed_in']);
    let token = '';
    const signIn = async () => {
      const answer = await visitor.call('/api/v1/auth/login', { body: { email, password } });
      token = answer.json.access_token as string;
      return answer;
    };
    expect(await actionsOf(signIn)).toEqual(['user.signed_in']);
    expect(await actionsOf(() => call({ visitor, token }, '/auth/logout', 'POST', {}))).toEqual([
      'user.sessions_ended',
    ]);
  });

  it('a change of a password: what is about to be done at the identity provider, and how it ended', async () => {
    const eve = await signUp(service);
    const body = { current_password: password, new_password: `${password}-next` };
    expect(await actionsOf(() => call(eve, '/auth/password-change', 'POST', body))).toEqual([
      'password.change_begun',
      'user.sessions_ended',
      'password.change_ended',
      'user.sessions_ended',
      'user.signed_in',
    ]);
  });

  it('a second factor that is activated, its codes, one that is used, and its end', async () => {
    const eve = await signUp(service);
    await steadyMoment();
    const secret = (await call(eve, '/auth/mfa/enroll', 'POST', {})).json.secret as string;
    let codes: string[] = [];
    const activate = async () => {
      const answer = await call(eve, '/auth/mfa/activate', 'POST', { code: codeAt(secret, now() - 30) });
      codes = answer.json.recovery_codes as string[];
      return answer;
    };
    expect(await actionsOf(activate)).toEqual(['factor.activated', 'factor.codes_replaced']);
    const login = { email: eve.email, password };
    const half = await eve.visitor.call('/api/v1/auth/login', { body: login });
    let token = '';
    const whole = async () => {
      const body = { mfa_token: half.json.mfa_token, code: codes[0] };
      const answer = await eve.visitor.call('/api/v1/auth/mfa/verify', { body });
      token = answer.json.access_token as string;
      return answer;
    };
    expect(await actionsOf(whole)).toEqual(['factor.code_used', 'user.signed_in']);
    const again = { visitor: eve.visitor, token };
    expect(await actionsOf(() => call(again, '/auth/mfa/recovery-codes', 'POST', {}))).toEqual([
      'factor.codes_replaced',
    ]);
    // The session from before ends with it.
    expect(await actionsOf(() => call(again, '/auth/mfa', 'DELETE'))).toEqual([
      'factor.removed',
      'user.sessions_ended',
    ]);
  });

  it('an API key that is made, limited, rotated and deleted', async () => {
    let id = '';
    const make = async () => {
      const answer = await call(ada, '/api-keys', 'POST', { name: 'shop', scopes: ['account:read'] });
      id = answer.json.id as string;
      return answer;
    };
    expect(await actionsOf(make)).toEqual(['key.created']);
    const limits = { monthly_credits: 5, models: null, daily_microusd: null, monthly_microusd: null };
    expect(await actionsOf(() => call(ada, `/api-keys/${id}/limits`, 'PUT', limits))).toEqual([
      'key.limited',
    ]);
    expect(await actionsOf(() => call(ada, `/api-keys/${id}/rotate`, 'POST', {}))).toEqual(['key.rotated']);
    expect(await actionsOf(() => call(ada, `/api-keys/${id}`, 'DELETE'))).toEqual(['key.revoked']);
  });

  it('a webhook endpoint that is made, given another secret and deleted', async () => {
    let id = '';
    const make = async () => {
      const url = 'https://hooks.example.com/velro';
      const answer = await call(ada, '/webhook-endpoints', 'POST', {
        url,
        event_types: ['generation.completed'],
      });
      id = (answer.json.id ?? (answer.json.endpoint as { id: string } | undefined)?.id) as string;
      return answer;
    };
    expect(await actionsOf(make)).toEqual(['webhook.created']);
    expect(await actionsOf(() => call(ada, `/webhook-endpoints/${id}/rotate`, 'POST', {}))).toEqual([
      'webhook.changed',
    ]);
    expect(await actionsOf(() => call(ada, `/webhook-endpoints/${id}`, 'DELETE'))).toEqual([
      'webhook.removed',
    ]);
  });

  it('an agent that is made, changed, taught, published and archived', async () => {
    let [id, knowledge] = ['', ''];
    const manage = (path: string, method = 'POST', body?: object) =>
      call(admin, `/admin/agents${path}`, method, body);
    const make = async () => {
      const answer = await manage('', 'POST', { name: 'Guide', system_prompt: 'Be kind.' });
      id = answer.json.id as string;
      return answer;
    };
    expect(await actionsOf(make)).toEqual(['agent.created']);
    expect(await actionsOf(() => manage(`/${id}`, 'PUT', { name: 'Help', temperature: 0.5 }))).toEqual([
      'agent.changed',
    ]);
    const teach = async () => {
      const answer = await manage(`/${id}/knowledge`, 'POST', {
        title: 'Hours',
        text: 'Nine to five.',
        language: 'en',
      });
      knowledge = answer.json.id as string;
      return answer;
    };
    expect(await actionsOf(teach)).toEqual(['agent.changed']);
    expect(await actionsOf(() => manage(`/${id}/publish`, 'POST', {}))).toEqual(['agent.published']);
    // In a new draft.
    expect(await actionsOf(() => manage(`/${id}/knowledge/${knowledge}`, 'DELETE'))).toEqual([
      'agent.changed',
    ]);
    expect(await actionsOf(() => manage(`/${id}`, 'DELETE'))).toEqual(['agent.archived']);
  });

  it('credits that an administrator gives', async () => {
    const body = { user_id: ada.id, amount: 5, reason: 'sorry' };
    expect(await actionsOf(() => call(admin, '/admin/credits/adjust', 'POST', body))).toEqual([
      'credits.adjusted',
    ]);
  });

  it('a block that an administrator adds and lifts', async () => {
    let id = '';
    const add = async () => {
      const answer = await call(admin, '/admin/security/blocks', 'POST', {
        address: '198.51.100.7',
        minutes: 5,
      });
      id = answer.json.id as string;
      return answer;
    };
    expect(await actionsOf(add)).toEqual(['block.added']);
    expect(await actionsOf(() => call(admin, `/admin/security/blocks/${id}`, 'DELETE'))).toEqual([
      'block.lifted',
    ]);
  });

  it('the agent of a page of Messenger that an administrator chooses and takes away', async () => {
    const [guide] = (await call(admin, '/admin/agents', 'GET')).json.data as { id: string }[];
    const choose = (agentId: string | null) =>
      call(admin, '/admin/messenger/pages', 'PUT', {
        page_id: '104329857210001',
        ...(agentId === null ? {} : { agent_id: agentId }),
      });
    expect(await actionsOf(() => choose(guide?.id ?? ''))).toEqual(['messenger.page_changed']);
    expect(await actionsOf(() => choose(null))).toEqual(['messenger.page_changed']);
    // There is none any more.
    expect(await actionsOf(() => choose(null))).toEqual([]);
  });

  it('nothing that was refused or changed nothing', async () => {
    const body = { user_id: randomUUID(), amount: 5, reason: 'sorry' };
    const rows = await auditedIn(service, async () => {
      for (const answer of [
        await call(admin, '/admin/credits/adjust', 'POST', body),
        await call(ada, '/admin/credits/adjust', 'POST', { ...body, user_id: ada.id }),
        await call(ada, `/api-keys/${randomUUID()}`, 'DELETE'),
        await call(ada, `/webhook-endpoints/${randomUUID()}`, 'DELETE'),
        await call(admin, `/admin/agents/${randomUUID()}`, 'DELETE'),
        await call(admin, `/admin/security/blocks/${randomUUID()}`, 'DELETE'),
      ])
        expect([403, 404]).toContain(answer.status);
    });
    expect(rows).toEqual([]);
  });

  it('whoever did it, from which request, by keyed hashes alone', async () => {
    const answers: Answer[] = [];
    const body = { user_id: ada.id, amount: 1, reason: 'canary-of-the-audit-log' };
    const [row] = await auditedIn(service, async () =>
      answers.push(await call(admin, '/admin/credits/adjust', 'POST', body)),
    );
    expect(row).toMatchObject({
      request_id: answers[0]?.headers['x-request-id'],
      has_actor: true,
      has_subject: true,
    });
    for (const canary of [ada.id, ada.id.replaceAll('-', ''), admin.id, ada.email, body.reason])
      expect(row?.text).not.toContain(canary);
    const actors = await ask<{ same: boolean }>(
      service.home,
      `select count(distinct actor) = 1 as same from velro.audit_entries where action in ('credits.adjusted', 'block.added', 'agent.created') and actor is not null`,
    );
    expect(actors).toEqual([{ same: true }]);
  });
});

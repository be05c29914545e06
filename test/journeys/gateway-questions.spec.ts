import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ask, unbalanced } from '../support/database/database.js';
import { insist } from '../support/http/insist.js';
import { ModelServer } from '../support/models/model-server.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const secret = randomBytes(32).toString('hex');
const answer = 'It left the harbour this morning.';

describe('a question that another system hands to an agent', () => {
  let models: ModelServer;
  let service: Service;
  let ada: Account;
  beforeAll(async () => {
    models = await ModelServer.start();
    service = await Service.start({
      WEBHOOK_GATEWAY_SECRET: secret,
      WEBHOOK_GATEWAY_ALLOWLIST: '127.0.0.0/8',
      AI_PROVIDER: 'gemini',
      GEMINI_API_KEY: 'key-of-the-provider',
      GEMINI_BASE_URL: models.url,
      AI_TIMEOUT_MS: '20000',
      LOG_LEVEL: 'info',
    });
  });
  beforeEach(async () => {
    models.reset();
    models.pieces = [answer];
    ada = await signUp(service);
  });
  afterAll(async () => {
    await service.discard();
    await models.stop();
  });

  const send = (message: object, at = service.visitor()) => {
    const body = JSON.stringify(message);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
    return at.call('/api/v1/webhook/inbound', {
      method: 'POST',
      raw: body,
      headers: {
        'content-type': 'application/json',
        'x-agent-timestamp': timestamp,
        'x-agent-signature': `sha256=${signature}`,
      },
    });
  };
  const question = (data: object = {}) => ({
    id: randomUUID(),
    type: 'agent.message',
    data: { user_id: ada.id, text: 'Where is my order?', ...data },
  });
  const messagesOf = async (id: string, who = ada): Promise<{ role: string; text: string }[]> => {
    const { status, json } = await insist(() =>
      who.visitor.call(`/api/v1/conversations/${id}`, { token: who.token }),
    );
    expect(status).toBe(200);
    return json.messages;
  };
  /** The first one first. */
  const texts = async (id: string, who = ada): Promise<[string, string][]> =>
    (await messagesOf(id, who)).map(({ role, text }): [string, string] => [role, text]).reverse();
  const answered = (id: string, messages = 2) =>
    until(async () => (await texts(id)).length === messages, 'the answer');
  const stored = async (): Promise<number> => {
    const [row] = await ask<{ count: number }>(
      service.home,
      'select (select count(*) from velro.chat_messages)::int + (select count(*) from velro.gateway_messages)::int as count',
    );
    return row?.count ?? -1;
  };

  it('is answered in a conversation of the account, which it names', async () => {
    const { status, json } = await send(question());
    expect([status, json.status]).toEqual([200, 'accepted']);
    await answered(json.conversation_id);
    expect(await texts(json.conversation_id)).toEqual([
      ['user', 'Where is my order?'],
      ['assistant', answer],
    ]);
    expect(await ask(service.home, unbalanced)).toEqual([]);
  });

  it('goes on with a conversation that it names', async () => {
    const { json } = await send(question());
    await answered(json.conversation_id);
    const next = await send(question({ conversation_id: json.conversation_id, text: 'And when?' }));
    expect(next.json).toEqual({ status: 'accepted', conversation_id: json.conversation_id });
    await answered(json.conversation_id, 4);
  });

  it('is asked once, however often and at how many times at once it comes', async () => {
    const message = question();
    const answers = await Promise.all(Array.from({ length: 8 }, () => insist(() => send(message))));
    expect(answers.map(({ json }) => json.status as string).sort()).toEqual([
      'accepted',
      ...Array<string>(7).fill('duplicate_event'),
    ]);
    const ids = new Set(answers.map(({ json }) => json.conversation_id as string));
    expect(ids.size).toBe(1);
    const [id = ''] = ids;
    await answered(id);
    expect((await send(message)).json).toEqual({ status: 'duplicate_event', conversation_id: id });
    expect((await texts(id)).length).toBe(2);
  });

  it('is refused while the one before it is being answered, and taken when it is sent again', async () => {
    // It is stopped once it was seen that nothing else is begun.
    models.fault = 'hang before';
    const { json } = await send(question());
    const message = question({ conversation_id: json.conversation_id, text: 'And when?' });
    const before = await stored();
    const refused = await send(message);
    expect([refused.status, refused.json.code, await stored()]).toEqual([409, 'conversation_busy', before]);
    models.fault = null;
    await ada.visitor.call(`/api/v1/conversations/${json.conversation_id}/stop`, {
      method: 'POST',
      token: ada.token,
    });
    await until(async () => (await send({ ...message })).status === 200, 'the message to be taken');
    expect((await send(message)).json).toEqual({
      status: 'duplicate_event',
      conversation_id: json.conversation_id,
    });
    await until(async () => (await texts(json.conversation_id)).at(-1)?.[1] === answer, 'the answer');
  });

  it.each([
    ['of an account that does not exist', { user_id: randomUUID() }, 404, 'not_found'],
    ['for an agent that does not exist', { agent_id: randomUUID() }, 422, 'agent_unknown'],
    ['without a text', { text: '' }, 422, 'validation_failed'],
    ['of blanks', { text: ' \n ' }, 422, 'validation_failed'],
    ['that is too long', { text: 'x'.repeat(4001) }, 422, 'validation_failed'],
    ['with a field that nobody knows', { mood: 'good' }, 422, 'validation_failed'],
    ['of no account', { user_id: 'ada' }, 422, 'validation_failed'],
  ])('%s is refused, and nothing is stored', async (_, data, status, code) => {
    const before = await stored();
    const refused = await send(question(data));
    expect([refused.status, refused.json.code, await stored()]).toEqual([status, code, before]);
  });

  it("with the id of another account's conversation begins one of its own account, and that stays as it is", async () => {
    const { json } = await send(question());
    await answered(json.conversation_id);
    const eve = await signUp(service);
    const taken = await send(question({ user_id: eve.id, conversation_id: json.conversation_id }));
    // The id is free for its own account: a stranger learns nothing.
    expect(taken.status).toBe(200);
    await until(async () => (await texts(taken.json.conversation_id, eve)).length === 2, 'her own');
    expect((await texts(json.conversation_id)).length).toBe(2);
  });

  it('that no model answered is said so, and asked again when it is sent again', async () => {
    models.fault = '500';
    const message = question();
    const { json } = await send(message);
    await until(async () => (await texts(json.conversation_id)).length === 2, 'the text for the reason');
    models.fault = null;
    // A failing provider is left alone for a moment.
    await until(async () => {
      const again = await insist(() => send(message));
      await until(async () => (await texts(again.json.conversation_id)).length === 2, 'what is said');
      return (await texts(again.json.conversation_id)).at(-1)?.[1] === answer;
    }, 'an answer');
    expect((await send(message)).json.status).toBe('duplicate_event');
  });

  it('with an id that another account used as well is another one', async () => {
    const message = question();
    const bob = await signUp(service);
    expect((await send(message)).json.status).toBe('accepted');
    const other = await send({ ...message, data: { ...message.data, user_id: bob.id } });
    expect(other.json.status).toBe('accepted');
    await until(async () => (await texts(other.json.conversation_id, bob)).length === 2, 'his answer');
  });

  it('of a disabled account is refused', async () => {
    await ask(service.home, 'update velro.users set disabled_at = now() where id = $1', [ada.id]);
    const before = await stored();
    expect([(await send(question())).status, await stored()]).toEqual([404, before]);
  });
});

describe('a message from outside WEBHOOK_GATEWAY_ALLOWLIST', () => {
  it('is refused though it is signed, and recorded', async () => {
    const service = await Service.start({
      WEBHOOK_GATEWAY_SECRET: secret,
      WEBHOOK_GATEWAY_ALLOWLIST: '192.0.2.0/24',
    });
    try {
      const body = JSON.stringify({ id: 'x', type: 'credits.granted', data: {} });
      const timestamp = String(Math.floor(Date.now() / 1000));
      const { status, json } = await service.visitor().call('/api/v1/webhook/inbound', {
        method: 'POST',
        raw: body,
        headers: {
          'content-type': 'application/json',
          'x-agent-timestamp': timestamp,
          'x-agent-signature': `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`,
        },
      });
      expect([status, json.code]).toEqual([403, 'forbidden']);
      await service.logged();
      expect(
        service.lines().some(({ event, reason }) => event === 'authz_fail' && reason === 'address'),
      ).toBe(true);
    } finally {
      await service.discard();
    }
  });
});

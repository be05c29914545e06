import { createHmac, randomBytes, randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ask } from '../support/database/database.js';
import { operations, type Operation } from '../support/fuzz/operations.js';
import { allowedRequests, callOf, type Draft } from '../support/fuzz/requests.js';
import { fitFor, FuzzStage, type Actor } from '../support/fuzz/stage.js';
import { GraphServer } from '../support/meta/graph-server.js';
import { canaries, type Canary } from '../support/personal-data/canaries.js';
import { signUp } from '../support/process/service.js';

const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const { shaped, unspoken } = canaries();
const all = [...shaped, ...unspoken];

/** The next values, in turn: a request holds many of them. */
let turn = 0;
const next = (): string => all[turn++ % all.length]?.value ?? '';
const asHeader = (value: string): string => value.replaceAll(/[^\x21-\x7e]/g, '_').slice(0, 200);

/** The value with canaries for its texts; ids, enumerations and the like stay where `isWhole` is false, so that it may be accepted. */
function withCanaries(value: unknown, isWhole: boolean): unknown {
  if (typeof value === 'string') return isWhole || !/^[\w/:.-]{0,60}$/u.test(value) ? next() : value;
  if (Array.isArray(value)) return value.map((member) => withCanaries(member, isWhole));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withCanaries(member, isWhole)]),
  );
}

const texts = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.keys(values).map((name) => [name, next()]));

/** Requests with personal data and secrets where a client may put them: in texts, in every value, and in what nobody asked for. */
function* requestsOf(draft: Draft): Iterable<Draft> {
  const headers = (): Record<string, string> => ({
    'user-agent': `client of ${asHeader(next())}`,
    referer: `https://site.example/${encodeURIComponent(next())}?q=${encodeURIComponent(next())}`,
    'x-request-id': asHeader(next()),
    cookie: `session=${asHeader(next())}`,
    'x-device-token': asHeader(next()),
  });
  const { body } = draft;
  yield {
    ...draft,
    headers: { ...draft.headers, ...headers() },
    body: body && { ...body, value: withCanaries(body.value, false) },
  };
  // The number of a page may be that of a card, and is what the event tells of.
  const isTyped = draft.operation.name === 'PUT /api/v1/admin/messenger/pages';
  yield {
    ...draft,
    query: texts(draft.query),
    headers: { ...draft.headers, ...headers(), 'idempotency-key': asHeader(next()) },
    body: body && { ...body, value: withCanaries(body.value, !isTyped) },
  };
  yield {
    ...draft,
    path: texts(draft.path),
    query: { ...draft.query, q: next(), access_token: next() },
    headers: headers(),
    body: body && { ...body, value: { [next()]: next(), note: next(), nested: { deep: [next()] } } },
  };
}

describe('personal data and secrets that clients send', () => {
  let stage: FuzzStage;
  let graph: GraphServer;
  const gateway = randomBytes(32).toString('hex');
  beforeAll(async () => {
    graph = await GraphServer.start();
    stage = await FuzzStage.start({
      ...graph.env,
      LOG_LEVEL: 'debug',
      ACCESS_LOG: 'true',
      LEADSENSE_PII_REDACTION: 'true',
      AI_PROVIDER: 'local',
      WEBHOOK_GATEWAY_ALLOWLIST: '127.0.0.0/8',
      WEBHOOK_GATEWAY_SECRET: gateway,
    });
    for (const operation of operations) await sendTo(operation);
    await sendSigned();
    await sendSuspected();
    await stage.service.logged();
  });
  afterAll(async () => {
    await stage.stop();
    await graph.stop();
  });

  const send = async (draft: Draft, own: Readonly<Record<string, string>>): Promise<void> => {
    const { path, headers, ...call } = callOf(draft);
    // What the client library cannot even write does not arrive.
    await stage.service
      .visitor()
      .call(path, { ...call, headers: { ...headers, ...own } })
      .catch(() => undefined);
  };

  async function sendTo(operation: Operation): Promise<void> {
    const actors: readonly Actor[] = [fitFor(operation), 'anonymous'];
    for (const actor of actors) {
      const caller = await stage.caller(actor, operation);
      const [draft] = fc.sample(allowedRequests(operation, caller.samples), { seed, numRuns: 1 });
      if (draft === undefined) throw new Error(`no request of ${operation.name}`);
      for (const request of requestsOf(draft)) await send(request, caller.headers());
    }
  }

  /** What partners sign, and is therefore taken: messages of Messenger, and questions and credits of another system. */
  async function sendSigned(): Promise<void> {
    const { service } = stage;
    const { id: userId, token, visitor } = await signUp(service);
    const asked = await visitor.call('/api/v1/chat', { token, body: { message: 'Who are you?' } });
    const conversation = String(asked.json.conversation_id);
    for (const { value } of [...unspoken, ...shaped]) {
      const psid = String(randomInt(1e9, 2e9));
      await graph.deliver(service, graph.batch(graph.text(psid, `This is mine: ${value}`)));
      const renamed = await visitor.call(`/api/v1/conversations/${conversation}`, {
        method: 'PATCH',
        token,
        body: { title: `About ${value}` },
      });
      expect(renamed.status).toBe(200);
      for (const message of [
        {
          id: randomUUID(),
          type: 'credits.granted',
          data: { user_id: userId, credits: 1, reason: value.slice(0, 60) },
        },
        { id: randomUUID(), type: 'agent.message', data: { user_id: userId, text: `What is ${value}?` } },
        { id: randomUUID(), type: value, data: { note: value } },
      ]) {
        const body = JSON.stringify(message);
        const at = String(Math.floor(Date.now() / 1000));
        const signature = createHmac('sha256', gateway).update(`${at}.${body}`).digest('hex');
        await service.visitor().call('/api/v1/webhook/inbound', {
          method: 'POST',
          raw: body,
          headers: {
            'content-type': 'application/json',
            'x-agent-timestamp': at,
            'x-agent-signature': `sha256=${signature}`,
          },
        });
      }
    }
  }

  /** Of whoever attacks, the log has more than a line: what the client calls itself, and where it comes from. */
  async function sendSuspected(): Promise<void> {
    const suspect = stage.service.visitor();
    for (let attack = 0; attack < 12; attack++)
      await suspect.call(
        `/api/v1/models?q=${encodeURIComponent("1' or '1'='1' union select password from users--")}`,
      );
    for (const { value } of shaped) {
      const headers = {
        'user-agent': `client of ${asHeader(value)}`,
        referer: `https://site.example/${asHeader(value)}`,
      };
      await suspect.call('/api/v1/models', { headers });
    }
  }

  /** As it is, and as the database prints bytes. */
  const found = (text: string, values: readonly Canary[]): string[] =>
    values.flatMap(({ kind, mark }) =>
      [mark, Buffer.from(mark).toString('hex')].flatMap((written) => {
        const at = text.indexOf(written);
        return at === -1 ? [] : [`${kind}: ${text.slice(Math.max(0, at - 200), at + written.length + 20)}`];
      }),
    );
  const rowsOf = async (table: string): Promise<string> => {
    const rows = await ask<{ row: string }>(
      stage.service.home,
      `select to_jsonb(t)::text as row from velro.${table} t`,
    );
    return rows.map(({ row }) => row).join('\n');
  };

  it('are forty, and each was sent many times', () => {
    expect(all.length).toBeGreaterThanOrEqual(40);
    expect(turn).toBeGreaterThan(20 * all.length);
  });

  it('stand in no line of the log', () => {
    expect(stage.service.printed.split('"threat_level":').length).toBeGreaterThan(shaped.length);
    expect(stage.service.printed.length).toBeGreaterThan(100_000);
    expect(found(stage.service.printed, all)).toEqual([]);
  });

  it.each([
    'security_events',
    'security_alerts',
    'audit_entries',
    'idempotency_keys',
    'threat_scores',
    'blocks',
    'sweeps',
    'counter_hits',
    'account_guesses',
    'revocations',
    'messenger_messages',
    'messenger_replies',
    'messenger_people',
  ])('stand in no row of %s', async (table) => {
    expect(found(await rowsOf(table), all)).toEqual([]);
  });

  // Names are what people write: no pattern finds them.
  it.each(['chat_messages', 'chat_parts', 'conversations', 'gateway_messages'])(
    'stand in no row of %s where they have a shape',
    async (table) => {
      expect(found(await rowsOf(table), shaped)).toEqual([]);
    },
  );

  it('were stored as what they are not: a question and a message of Messenger each time', async () => {
    expect(await rowsOf('chat_messages')).toContain('_REDACTED]');
    const [sealed] = await ask<{ count: number }>(
      stage.service.home,
      'select count(*)::int as count from velro.messenger_messages where text_sealed is not null',
    );
    expect(sealed?.count).toBeGreaterThan(all.length / 2);
  });

  it('stand in no export of the audit log that is sealed', async () => {
    const operation = operations.find(({ name }) => name === 'GET /api/v1/admin/audit/export');
    if (operation === undefined) throw new Error('no such route');
    const caller = await stage.caller('super_admin', operation);
    const { status, text } = await stage.service
      .visitor()
      .call('/api/v1/admin/audit/export?format=jsonl', { headers: caller.headers() });
    expect(status).toBe(200);
    expect(text).toContain('"action"');
    expect(found(text, all)).toEqual([]);
  });
});

import { execFile } from 'node:child_process';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { insist } from '../support/http/insist.js';
import { ask, unbalanced } from '../support/database/database.js';
import { projectRoot } from '../support/process/project-root.js';
import { Service, signUp, type Account } from '../support/process/service.js';

const [secret, previous, another] = Array.from({ length: 3 }, () => randomBytes(32).toString('hex')) as [
  string,
  string,
  string,
];
const start = 20;

describe('a message to the webhook gateway', () => {
  let service: Service;
  let ada: Account;
  beforeAll(async () => {
    service = await Service.start({
      DEFAULT_USER_CREDITS: String(start),
      WEBHOOK_GATEWAY_ALLOWLIST: '127.0.0.0/8',
      WEBHOOK_GATEWAY_SECRET: secret,
      WEBHOOK_GATEWAY_SECRET_PREVIOUS: previous,
    });
  });
  beforeEach(async () => {
    ada = await signUp(service);
  });
  afterEach(async () => {
    expect(await ask(service.home, unbalanced)).toEqual([]);
  });
  afterAll(async () => {
    await service.discard();
  });

  const seconds = (): string => String(Math.floor(Date.now() / 1000));
  const sign = (body: string, timestamp: string, key = secret): string =>
    `sha256=${createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex')}`;
  const send = (body: string, headers: Record<string, string>) =>
    service.visitor().call('/api/v1/webhook/inbound', {
      method: 'POST',
      raw: body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  const signed = (message: unknown, { at = seconds(), key = secret } = {}) => {
    const body = typeof message === 'string' ? message : JSON.stringify(message);
    return send(body, { 'x-agent-timestamp': at, 'x-agent-signature': sign(body, at, key) });
  };
  const granted = (more: object = {}, data: object = {}) => ({
    id: randomUUID(),
    type: 'credits.granted',
    data: { user_id: ada.id, credits: 500, reason: 'order 1042', ...data },
    ...more,
  });
  const balance = async (): Promise<number> =>
    (await ada.visitor.call('/api/v1/credits/balance', { token: ada.token })).json.balance as number;

  it('tops an account up once, with its reason in the ledger, however often it comes', async () => {
    const message = granted();
    const first = await signed(message);
    expect([first.status, first.json]).toEqual([200, { status: 'accepted' }]);
    expect((await signed(message)).json).toEqual({ status: 'duplicate_event' });
    await service.logged();
    const told = service
      .lines()
      .filter(({ msg, user_id: of }) => of === ada.id && msg.includes('CREDITS topped up'));
    expect(told).toMatchObject([{ event: 'authz_change', threat_level: 'LOW', amount: 500 }]);
    expect(await balance()).toBe(start + 500);
    const { json } = await ada.visitor.call('/api/v1/credits/transactions', { token: ada.token });
    expect(json.data).toMatchObject([
      { kind: 'grant', balance_change: 500, reason: 'order 1042' },
      { kind: 'grant', balance_change: start, reason: null },
    ]);
  });

  it('tops it up once when twenty of the same come at once', async () => {
    const message = granted();
    const answers = await Promise.all(Array.from({ length: 20 }, () => insist(() => signed(message))));
    expect(answers.map(({ json }) => json.status as string).sort()).toEqual([
      'accepted',
      ...Array<string>(19).fill('duplicate_event'),
    ]);
    expect(await balance()).toBe(start + 500);
  });

  it('is accepted under the previous secret during a rotation', async () => {
    expect((await signed(granted(), { key: previous })).status).toBe(200);
  });

  it.each([
    [
      'without a signature',
      (body: string) => send(body, { 'x-agent-timestamp': seconds() }),
      400,
      'signature_missing',
    ],
    [
      'without a time',
      (body: string) => send(body, { 'x-agent-signature': sign(body, seconds()) }),
      400,
      'signature_missing',
    ],
    [
      'signed with another secret',
      (body: string) => signed(body, { key: another }),
      403,
      'signature_invalid',
    ],
    [
      'of six minutes ago',
      (body: string) => signed(body, { at: String(Number(seconds()) - 360) }),
      403,
      'signature_invalid',
    ],
    [
      'of in six minutes',
      (body: string) => signed(body, { at: String(Number(seconds()) + 360) }),
      403,
      'signature_invalid',
    ],
    ['of no time', (body: string) => signed(body, { at: 'now' }), 403, 'signature_invalid'],
    [
      'whose body was changed',
      (body: string) =>
        send(`${body} `, { 'x-agent-timestamp': seconds(), 'x-agent-signature': sign(body, seconds()) }),
      403,
      'signature_invalid',
    ],
    [
      'whose time was changed',
      (body: string) => {
        const at = seconds();
        return send(body, {
          'x-agent-timestamp': String(Number(at) + 1),
          'x-agent-signature': sign(body, at),
        });
      },
      403,
      'signature_invalid',
    ],
  ])('%s changes nothing', async (_, make, status, code) => {
    const answer = await make(JSON.stringify(granted()));
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(await balance()).toBe(start);
  });

  it.each([
    ['an unknown type', { type: 'credits.taken' }, {}, 422],
    ['no id', { id: undefined }, {}, 422],
    ['an id with a blank', { id: 'a b' }, {}, 422],
    ['no credits', {}, { credits: 0 }, 422],
    ['less than nothing', {}, { credits: -5 }, 422],
    ['text for credits', {}, { credits: '5' }, 422],
    ['more than a billion', {}, { credits: 1_000_000_001 }, 422],
    ['nobody', {}, { user_id: 'ada' }, 422],
    ['an unknown account', {}, { user_id: randomUUID() }, 404],
    ['data that is a list', { data: [] }, {}, 422],
    ['no data', { data: undefined }, {}, 422],
    ['an unknown field', {}, { extra: 1 }, 422],
  ])(
    'with %s is refused although it is signed, and is no message that was seen',
    async (_, more, data, status) => {
      const message = granted(more, data);
      const answer = await signed(message);
      expect(answer.status).toBe(status);
      expect(await balance()).toBe(start);
    },
  );

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['a number', '5'],
    ['null', 'null'],
    ['deep nesting', `${'['.repeat(200)}${']'.repeat(200)}`],
    ['a key of the prototype', '{"__proto__": {"id": "x"}}'],
  ])('of %s is refused although it is signed', async (_, body) => {
    const { status } = await signed(body);
    expect([400, 422]).toContain(status);
    expect(await balance()).toBe(start);
  });

  it('beyond what a balance can be is refused, and may come again', async () => {
    const message = granted();
    await ask(service.home, 'update velro.users set credits_balance = $2 where id = $1', [
      ada.id,
      Number.MAX_SAFE_INTEGER,
    ]);
    const refused = await signed(message);
    expect([refused.status, refused.json.code]).toEqual([409, 'balance_exceeded']);
    await ask(service.home, 'update velro.users set credits_balance = $2 where id = $1', [ada.id, start]);
    expect((await signed(message)).json).toEqual({ status: 'accepted' });
  });

  it('is sent by the lines that docs/operations-guide.md prints', async () => {
    const guide = readFileSync(join(projectRoot, 'docs/operations-guide.md'), 'utf8');
    const lines = /```sh\n(body='[^]*?)```/.exec(guide)?.[1]?.replace('…', ada.id) ?? '';
    const { stdout } = await promisify(execFile)('bash', ['-euc', lines], {
      env: { PATH: process.env['PATH'] ?? '', WEBHOOK_GATEWAY_SECRET: secret, PUBLIC_URL: service.url },
    });
    expect(stdout).toBe('{"status":"accepted"}');
    expect(await balance()).toBe(start + 500);
  });

  it('that is refused is one event', async () => {
    const mark = service.lines().length;
    await signed(granted(), { key: another });
    await service.logged();
    const lines = service
      .lines()
      .slice(mark)
      .filter(({ webhook }) => webhook === 'gateway');
    expect(lines).toMatchObject([{ event: 'authz_fail', threat_level: 'MEDIUM', reason: 'wrong' }]);
  });
});

import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ask, superuserUrl, unbalanced } from '../support/database/database.js';
import { Customer, eventually, FalService } from '../support/fal/fal-service.js';
import { operatorOf } from '../support/accounts/operator.js';
import { until } from '../support/process/wait-until.js';

const order = { model_id: 'fal-ai/flux-pro/v1.1-ultra', prompt: 'fog over a harbour' };
const named = (key: string) => ({ 'idempotency-key': key });

describe('a generation at its edges', () => {
  let stage: FalService;
  let limited: FalService;
  let ada: Customer;
  beforeAll(async () => {
    [stage, limited] = await Promise.all([
      FalService.start(),
      FalService.start({}, { RATE_LIMIT_API_STANDARD: '5/minute', RATE_LIMIT_GENERATION_CREATE: '2/hour' }),
    ]);
    ada = new Customer(await stage.signUp());
  });
  afterAll(async () => {
    expect(await ask(stage.service.home, unbalanced)).toEqual([]);
    await Promise.all([stage.stop(), limited.stop()]);
  });

  const objectsOf = (id: string): string[] =>
    readdirSync(join(stage.service.home, 'objects'), { recursive: true })
      .map(String)
      .filter((name) => name.includes(`${id}/`));

  /** Longer than it looks: some programs count these as one character each. */
  const deceptive = 'a\uFE0F'.repeat(2000);

  it.each([
    ['a prompt that is longer than it looks', { ...order, prompt: deceptive }],
    [
      'a negative prompt that is longer than it looks',
      { ...order, model_id: 'fal-ai/imagen4/preview/ultra', negative_prompt: deceptive },
    ],
    ['a prompt of nothing that can be seen', { ...order, prompt: '\u200b\u200d\ufeff' }],
  ])('is refused with %s', async (_title, body) => {
    const { status, json } = await ada.create(body);
    expect([status, json.code]).toEqual([422, 'validation_failed']);
  });

  it.each([
    ['1,999 emoji', '\u{1F300}'.repeat(1999)],
    ['2,000 letters', 'a'.repeat(2000)],
  ])('is accepted with %s', async (_title, prompt) => {
    const { status, json } = await ada.create({ ...order, prompt });
    expect([status, json.prompt]).toEqual([202, prompt]);
  });

  it('is not searched by a NUL', async () => {
    const { status, json } = await ada.get('/generations?model_id=%00');
    expect([status, json.code]).toEqual([400, 'query_invalid']);
  });

  it('treats an empty reference image as none', async () => {
    expect((await ada.create({ ...order, reference_image_url: null })).status).toBe(202);
  });

  const boundary = 'edge-of-parts';
  const part = (name: string, value: string, type?: string): string =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n${type === undefined ? '' : `content-type: ${type}\r\n`}\r\n${value}\r\n`;
  const send = (parts: readonly string[]) =>
    ada.account.visitor.call('/api/v1/generations', {
      method: 'POST',
      token: ada.account.token,
      raw: Buffer.from(`${parts.join('')}--${boundary}--\r\n`, 'latin1'),
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    });

  it('accepts parameters from a part declared as JSON', async () => {
    const { status, json } = await send([
      part('model_id', order.model_id),
      part('prompt', 'x'),
      part('parameters', '{"aspect_ratio":"1:1"}', 'application/json'),
    ]);
    expect([status, json.parameters?.aspect_ratio]).toEqual([202, '1:1']);
  });

  it('refuses a part with a truncated character', async () => {
    const { status } = await send([
      part('model_id', order.model_id),
      part('prompt', '\u0000\u00d8a\u0000', 'text/plain; charset=utf-16le'),
    ]);
    expect([400, 422]).toContain(status);
  });

  it.each([
    ['does not say how long it is', { 'transfer-encoding': 'chunked' }, 411, 'length_required'],
    ['says that it is longer than a file may be', { 'content-length': '20000000' }, 413, 'body_too_large'],
  ])('is refused before its body is read when that %s', async (_title, headers, status, code) => {
    const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const outgoing = request(
        `${stage.service.url}/api/v1/generations`,
        {
          method: 'POST',
          agent: false,
          localAddress: ada.account.visitor.address,
          headers: {
            authorization: `Bearer ${ada.account.token}`,
            'content-type': `multipart/form-data; boundary=${boundary}`,
            ...headers,
          },
        },
        (incoming) => {
          let text = '';
          incoming.setEncoding('utf8').on('data', (more: string) => (text += more));
          incoming.on('end', () => {
            outgoing.destroy();
            resolve({ status: incoming.statusCode ?? 0, text });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.write('--');
    });
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([status, code]);
  });

  it('stores nothing when one of its results is refused', async () => {
    const { json } = await ada.create(order);
    const job = await stage.jobOf(json.id);
    const good = await stage.fal.media.addPicture();
    const bad = stage.fal.media.addBytes('x.png', 'image/png', Buffer.from('<html>no picture</html>'));
    await stage.fal.complete(job.id, { images: [{ url: good }, { url: bad }] });
    await stage.fal.call(job.id);
    expect(await ada.ended(json.id)).toMatchObject({ status: 'failed', error: { code: 'media_refused' } });
    expect(objectsOf(json.id).filter((name) => name.includes('.'))).toEqual([]);
  });

  it('leaves its prompt nowhere once deleted', async () => {
    const key = randomUUID();
    const prompt = `a secret harbour ${key}`;
    const { json } = await ada.create({ ...order, prompt }, named(key));
    const job = await stage.jobOf(json.id);
    await stage.fal.complete(job.id);
    await stage.fal.call(job.id);
    await ada.ended(json.id);
    await ada.account.visitor.call(`/api/v1/generations/${String(json.id)}`, {
      method: 'DELETE',
      token: ada.account.token,
    });
    const found = await ask(
      stage.service.home,
      'select 1 from velro.idempotency_keys where answer::text like $1 union all select 1 from velro.generations where prompt like $1',
      [`%${key}%`],
    );
    expect(found).toEqual([]);
  });

  it('is found by a callback that is large and has many values', async () => {
    const { json } = await ada.create(order);
    const job = await stage.jobOf(json.id);
    await stage.fal.complete(job.id);
    const payload = {
      logs: Array.from({ length: 5000 }, (_, at) => ({ at, text: 'a line of the log of a runner' })),
    };
    const body = Buffer.from(JSON.stringify({ request_id: job.id, status: 'OK', payload }));
    const { url, headers } = stage.fal.webhooks.signed(job.webhookUrl ?? '', job.id, body);
    const answer = await stage.service.visitor().call(url, { method: 'POST', raw: body, headers });
    expect(answer.status).toBe(200);
    expect((await ada.ended(json.id)).status).toBe('completed');
  });

  it('does not flood the log under forged callbacks', async () => {
    const { json } = await ada.create(order);
    const { url, headers, body } = stage.fal.webhooks.forged(await stage.jobOf(json.id));
    const eve = stage.service.visitor();
    const events = async (): Promise<number> => {
      const [row] = await ask<{ count: number }>(
        stage.service.home,
        "select count(*)::int from velro.security_events where text like 'WEBHOOK%' and source_ip = $1",
        [eve.address],
      );
      return row?.count ?? 0;
    };
    const own = new Customer(await limited.signUp());
    const made = (await own.create(order)).json;
    const forged = limited.fal.webhooks.forged(await limited.jobOf(made.id));
    const mallory = limited.service.visitor();
    const statuses: number[] = [];
    for (let count = 0; count < 12; count++)
      statuses.push(
        (await mallory.call(forged.url, { method: 'POST', raw: forged.body, headers: forged.headers }))
          .status,
      );
    expect(statuses).toEqual([...Array<number>(5).fill(403), ...Array<number>(7).fill(429)]);
    const noted = limited.service.lines().filter(({ msg }) => msg.startsWith('SECURITY-EVENT WEBHOOK'));
    // Equal events of one address are one line a minute.
    expect(noted).toHaveLength(1);
    expect((await eve.call(url, { method: 'POST', raw: body, headers })).status).toBe(403);
    await eventually(async () => (await events()) === 1);
  });

  it('is not counted again when replayed by its key', async () => {
    const bob = new Customer(await limited.signUp());
    const key = randomUUID();
    const statuses: number[] = [];
    for (let count = 0; count < 8; count++) statuses.push((await bob.create(order, named(key))).status);
    expect(statuses).toEqual(Array<number>(8).fill(202));
    expect((await bob.create(order)).status).toBe(202);
    expect((await bob.create(order)).status).toBe(429);
  });

  it("is not accepted any more once the kill switch has answered, however long it waited for the account's lock", async () => {
    const client = new pg.Client({ connectionString: superuserUrl(stage.service.home) });
    await client.connect();
    const toggle = (enabled: boolean) =>
      stage.service
        .visitor()
        .call('/ops/ai/toggle', { body: { enabled }, headers: operatorOf(stage.service) });
    /** A statement that waits for a lock, or has been given up meanwhile. */
    const waiting = (statement: string) =>
      until(
        async () =>
          answered.length > 0 ||
          (
            await ask(
              stage.service.home,
              "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like $1",
              [statement],
            )
          ).length > 0,
        `a statement ${statement} that waits`,
      );
    const answered: string[] = [];
    const accepted = async (): Promise<number> => {
      const [row] = await ask<{ count: number }>(
        stage.service.home,
        'select count(*)::int as count from velro.generations where user_id = $1',
        [ada.account.id],
      );
      return row?.count ?? 0;
    };
    let acceptedAtOff = -1;
    try {
      await client.query('begin');
      await client.query('select 1 from velro.users where id = $1 for update', [ada.account.id]);
      const create = ada.create(order).then(({ status }) => answered.push(`create ${status}`));
      await waiting('%credit_entries%');
      const off = toggle(false).then(async ({ status }) => {
        answered.push(`off ${status}`);
        acceptedAtOff = await accepted();
      });
      await waiting('lock table velro.ai_gate%');
      await client.query('commit');
      await Promise.all([create, off]);
      expect(answered).toContain('off 200');
      expect(answered.includes('create 202') || answered.includes('create 503')).toBe(true);
      // Two answers may cross on their way; what counts is that nothing was accepted after the switch had answered.
      expect(await accepted()).toBe(acceptedAtOff);
      expect((await ada.create(order)).json.code).toBe('ai_disabled');
    } finally {
      await client.end();
      await toggle(true);
    }
  });

  it('is deleted, retried and moved concurrently without a deadlock', async () => {
    for (let round = 0; round < 8; round++) {
      const project = await ada.post('/projects', { name: `round ${round}` });
      const inProject = { ...order, project_id: project.json.id };
      const [one, other] = [await ada.create(inProject), await ada.create(inProject)];
      await ada.post(`/generations/${String(one.json.id)}/cancel`);
      await ada.ended(one.json.id);
      const { visitor, token } = ada.account;
      const answers = await Promise.all([
        visitor.call(`/api/v1/generations/${String(one.json.id)}`, { method: 'DELETE', token }),
        ada.post(`/generations/${String(one.json.id)}/retry`),
        ada.post(`/generations/${String(other.json.id)}/cancel`),
        visitor.call(`/api/v1/projects/${String(project.json.id)}`, { method: 'DELETE', token }),
        ada.create(inProject),
      ]);
      for (const { status, json } of answers)
        expect([200, 202, 204, 404, 422]).toContain(
          status === 503 && json.code === 'unavailable' ? 'deadlock' : status,
        );
    }
  });
});

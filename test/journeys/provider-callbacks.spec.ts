import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ask, unbalanced } from '../support/database/database.js';
import type { FalCallback } from '../support/fal/fal-webhooks.js';
import { Customer, eventually, FalService } from '../support/fal/fal-service.js';
import { operatorOf } from '../support/accounts/operator.js';

const order = { model_id: 'fal-ai/flux-pro/v1.1-ultra', prompt: 'fog over a harbour' };

describe('a callback of the provider', () => {
  let stage: FalService;
  let ada: Customer;
  let id: string;
  let job: Awaited<ReturnType<FalService['jobOf']>>;
  beforeAll(async () => {
    stage = await FalService.start();
    ada = new Customer(await stage.signUp());
  });
  beforeEach(async () => {
    id = (await ada.create(order)).json.id;
    job = await stage.jobOf(id);
    await eventually(async () => (await state()).status === 'processing');
    // Done there, and nobody here would look for a long time: only a call that is heard makes somebody.
    await stage.fal.complete(job.id);
    await ask(
      stage.service.home,
      "update velro.generations set due_at = now() + interval '1 hour' where id = $1",
      [id],
    );
  });
  afterAll(async () => {
    expect(await ask(stage.service.home, unbalanced)).toEqual([]);
    await stage.stop();
  });

  interface State {
    readonly status: string;
    readonly provider_reference: string | null;
    readonly waits: boolean;
  }
  const state = async (): Promise<State> => {
    const [row] = await ask<State>(
      stage.service.home,
      "select status, provider_reference, due_at > now() + interval '30 minutes' as waits from velro.generations where id = $1",
      [id],
    );
    if (row === undefined) throw new Error('no such generation');
    return row;
  };
  const send = ({ url, headers, body }: FalCallback) =>
    stage.service.visitor().call(url, { method: 'POST', raw: body, headers });
  const good = (): FalCallback => stage.fal.callback(job.id);
  const finish = async (): Promise<void> => {
    await send(good());
    expect((await ada.ended(id)).status).toBe('completed');
  };
  const nothingChanged = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await state()).toEqual({ status: 'processing', provider_reference: job.id, waits: true });
  };

  it('is accepted when valid, and the generation is fetched', async () => {
    const { status, json } = await send(good());
    expect([status, json]).toEqual([200, { received: true }]);
    expect((await ada.ended(id)).status).toBe('completed');
  });

  const bentHeader = (name: string, value: string) => (call: FalCallback) => ({
    ...call,
    headers: { ...call.headers, [`x-fal-webhook-${name}`]: value },
  });
  const bentUrl = (bend: (url: URL) => void) => (call: FalCallback) => {
    const url = new URL(call.url);
    bend(url);
    return { ...call, url: url.href };
  };
  const without = (name: string) => (call: FalCallback) => ({
    ...call,
    headers: Object.fromEntries(
      Object.entries(call.headers).filter(([key]) => key !== `x-fal-webhook-${name}`),
    ),
  });

  it.each<[string, (call: FalCallback) => FalCallback]>([
    [
      'of another body',
      (call) => ({ ...call, body: Buffer.from(call.body.toString().replace('"OK"', '"ERROR"')) }),
    ],
    [
      'of the same JSON in other bytes',
      (call) => ({ ...call, body: Buffer.concat([call.body, Buffer.from('\n')]) }),
    ],
    [
      'of another time',
      (call) => bentHeader('timestamp', String(Number(call.headers['x-fal-webhook-timestamp']) + 1))(call),
    ],
    ['of another account', bentHeader('user-id', 'user_somebody')],
    ['of another job of the provider', bentHeader('request-id', randomUUID())],
    ['of zeros', bentHeader('signature', '0'.repeat(128))],
    [
      'in upper case',
      (call) => bentHeader('signature', (call.headers['x-fal-webhook-signature'] ?? '').toUpperCase())(call),
    ],
    [
      'that is cut short',
      (call) => bentHeader('signature', (call.headers['x-fal-webhook-signature'] ?? '').slice(2))(call),
    ],
    ['by a key that nobody publishes', () => stage.fal.webhooks.forged(job)],
    ['from six minutes ago', () => stage.fal.webhooks.callback(job, Date.now() - 360_000)],
    ['from six minutes ahead', () => stage.fal.webhooks.callback(job, Date.now() + 360_000)],
    ['with a time that is no number', bentHeader('timestamp', 'now')],
    [
      'at the link of another generation',
      bentUrl((url) => {
        url.searchParams.set('job', randomUUID());
      }),
    ],
    [
      'with a proof of somebody else',
      bentUrl((url) => {
        url.searchParams.set('proof', 'A'.repeat(43));
      }),
    ],
    [
      'with the proof cut short',
      bentUrl((url) => {
        url.searchParams.set('proof', (url.searchParams.get('proof') ?? '').slice(0, -1));
      }),
    ],
    [
      'about a job of the provider that is not this one',
      (call) => {
        const other = randomUUID();
        return stage.fal.webhooks.signed(
          call.url,
          other,
          Buffer.from(JSON.stringify({ request_id: other, status: 'OK' })),
        );
      },
    ],
    [
      'whose body speaks of another job than its header',
      (call) =>
        stage.fal.webhooks.signed(
          call.url,
          job.id,
          Buffer.from(JSON.stringify({ request_id: randomUUID() })),
        ),
    ],
    ['whose body is no object', (call) => stage.fal.webhooks.signed(call.url, job.id, Buffer.from('[]'))],
  ])('is refused with a signature %s, with one log line, and changes nothing', async (_title, bend) => {
    const answer = await send(bend(good()));
    expect([answer.status, answer.json.code]).toEqual([403, 'signature_invalid']);
    const lines = await stage.service.linesOf(answer.json.request_id);
    const events = lines.filter(({ msg }) => msg.startsWith('SECURITY-EVENT WEBHOOK'));
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ event: 'authz_fail', webhook: 'fal', response: 'refused' });
    await nothingChanged();
    await finish();
  });

  it.each<[string, (call: FalCallback) => FalCallback]>([
    ['its signature', without('signature')],
    ['its time', without('timestamp')],
    ['its job', without('request-id')],
    ['its account', without('user-id')],
    [
      'the job of its link',
      bentUrl((url) => {
        url.searchParams.delete('job');
      }),
    ],
    [
      'the proof of its link',
      bentUrl((url) => {
        url.searchParams.delete('proof');
      }),
    ],
  ])('gets 400 without %s, and changes nothing', async (_title, bend) => {
    const answer = await send(bend(good()));
    expect([answer.status, answer.json.code]).toEqual([400, 'signature_missing']);
    await nothingChanged();
    await finish();
  });

  it('is accepted and changes nothing when replayed, also concurrently', async () => {
    const call = good();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(call)));
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(8).fill(200));
    await ada.ended(id);
    const before = await ada.balance();
    expect((await send(call)).status).toBe(200);
    expect((await send(good())).status).toBe(200);
    expect((await ada.get(`/generations/${id}`)).json.status).toBe('completed');
    expect(await ada.balance()).toEqual(before);
  });

  it('only causes a poll when it falsely reports a failure', async () => {
    const body = Buffer.from(
      JSON.stringify({ request_id: job.id, status: 'ERROR', error: 'bad', payload: null }),
    );
    expect((await send(stage.fal.webhooks.signed(good().url, job.id, body))).status).toBe(200);
    expect((await ada.ended(id)).status).toBe('completed');
  });

  it('is not trusted for the URLs of media', async () => {
    const payload = { images: [{ url: `${stage.fal.trap.url}/evil.png` }] };
    const body = Buffer.from(JSON.stringify({ request_id: job.id, status: 'OK', payload }));
    expect((await send(stage.fal.webhooks.signed(good().url, job.id, body))).status).toBe(200);
    expect((await ada.ended(id)).status).toBe('completed');
    expect(stage.fal.trap.seen).toEqual([]);
  });

  it('only causes a poll when its job is not finished', async () => {
    const { json } = await ada.create(order);
    const early = await stage.jobOf(json.id);
    expect((await send(stage.fal.webhooks.callback(early))).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await ada.status(json.id)).toBe('processing');
    await stage.fal.complete(early.id);
    await stage.fal.call(early.id);
    expect((await ada.ended(json.id)).status).toBe('completed');
    await finish();
  });

  it('changes nothing after a cancellation', async () => {
    const { json } = await ada.create(order);
    const cancelled = await stage.jobOf(json.id);
    await ada.post(`/generations/${String(json.id)}/cancel`);
    expect((await ada.ended(json.id)).status).toBe('cancelled');
    const before = await ada.balance();
    expect((await send(stage.fal.webhooks.callback(cancelled))).status).toBe(200);
    expect([await ada.status(json.id), await ada.balance()]).toEqual(['cancelled', before]);
    await finish();
  });

  it('of another account is refused, for a running and for an ended job, with one log line each', async () => {
    // Our account is known from the first call about a job whose reference came from its submit.
    expect((await send(good())).status).toBe(200);
    await ada.ended(id);
    const { json } = await ada.create(order);
    const running = await stage.jobOf(json.id);
    for (const about of [running, job]) {
      const call = stage.fal.webhooks.callback(about, Date.now(), undefined, 'user_of_somebody_else');
      const answer = await send(call);
      expect([answer.status, answer.json.code]).toEqual([403, 'signature_invalid']);
      const lines = await stage.service.linesOf(answer.json.request_id);
      expect(lines.filter(({ msg }) => msg.startsWith('SECURITY-EVENT WEBHOOK'))).toHaveLength(1);
    }
    expect(await ada.status(json.id)).toBe('processing');
    await stage.fal.complete(running.id);
    await stage.fal.call(running.id);
    expect((await ada.ended(json.id)).status).toBe('completed');
  });

  it('about another job of the provider is refused for an ended job too', async () => {
    expect((await send(good())).status).toBe(200);
    await ada.ended(id);
    const other = randomUUID();
    const body = Buffer.from(JSON.stringify({ request_id: other, status: 'OK' }));
    const answer = await send(stage.fal.webhooks.signed(good().url, other, body));
    expect([answer.status, answer.json.code]).toEqual([403, 'signature_invalid']);
  });

  it('is not recorded as an attack for its text', async () => {
    const body = Buffer.from(
      JSON.stringify({
        request_id: job.id,
        status: 'OK',
        payload: { prompt: "' or 1=1 -- <script>alert(1)</script>" },
      }),
    );
    const answer = await send(stage.fal.webhooks.signed(good().url, job.id, body));
    expect(answer.status).toBe(200);
    expect(stage.service.lines().filter(({ msg }) => msg.includes('MALICIOUS-INPUT'))).toEqual([]);
    await ada.ended(id);
  });

  it('gets 503 while the keys of the provider cannot be fetched, so that it is retried', async () => {
    const fresh = await FalService.start();
    try {
      const bob = new Customer(await fresh.signUp());
      const { json } = await bob.create(order);
      const waiting = await fresh.jobOf(json.id);
      await fresh.fal.complete(waiting.id);
      await fresh.fal.keysHost.refuse();
      const call = fresh.fal.callback(waiting.id);
      const answer = await fresh.service
        .visitor()
        .call(call.url, { method: 'POST', raw: call.body, headers: call.headers });
      expect([answer.status, answer.headers['retry-after']]).toEqual([503, '30']);
    } finally {
      await fresh.stop();
    }
  });

  it('is counted for the security team when refused', async () => {
    await send(stage.fal.webhooks.forged(job));
    const { json } = await stage.service
      .visitor()
      .call('/ops/telemetry', { headers: operatorOf(stage.service) });
    expect(json.webhook_signature_failures).toBeGreaterThanOrEqual(19);
    await finish();
  });
});

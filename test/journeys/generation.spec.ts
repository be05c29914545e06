import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { madeByModel, metadataOf, sourceTypesIn } from '../support/generations/picture-metadata.js';
import { ask, unbalanced } from '../support/database/database.js';
import { until } from '../support/process/wait-until.js';
import { patient } from '../support/process/policy.js';
import { Service, signUp, type Account } from '../support/process/service.js';

const order = {
  model_id: 'velro/canvas',
  prompt: 'a lighthouse over a violet sea',
  parameters: { width: 256, height: 384 },
};

describe('a generation', () => {
  let service: Service;
  let ada: Account;
  beforeAll(async () => {
    service = await Service.start({ DEFAULT_USER_CREDITS: '20', ...patient });
    ada = await signUp(service);
  });
  afterAll(async () => {
    await service.discard();
  });

  const create = (account: Account, body: unknown = order) =>
    account.visitor.call('/api/v1/generations', { token: account.token, body });
  const balance = async (account: Account): Promise<number> =>
    (await account.visitor.call('/api/v1/auth/me', { token: account.token })).json.credits_balance;
  const finish = async (account: Account, id: string) => {
    const events = await account.visitor.events(`/api/v1/generations/${id}/events`, account.token);
    return events.at(-1);
  };

  it('goes from a prompt to a private picture, with progress on the way', async () => {
    const before = await balance(ada);
    const accepted = await create(ada);
    expect(accepted.status).toBe(202);
    expect(accepted.json).toMatchObject({
      status: 'queued',
      model_id: 'velro/canvas',
      credits_cost: 1,
      progress: 0,
    });
    expect(accepted.headers.location).toBe(`/api/v1/generations/${accepted.json.id}`);
    expect(await balance(ada)).toBe(before - 1);

    const events = await ada.visitor.events(`${accepted.headers.location ?? ''}/events`, ada.token);
    expect(events.at(-1)?.event).toBe('completed');
    const ids = events.map((event) => event.id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));

    const done = await ada.visitor.call(accepted.headers.location ?? '', { token: ada.token });
    expect(done.json).toMatchObject({ status: 'completed', progress: 100 });
    const [media] = done.json.media;
    expect(media).toMatchObject({ content_type: 'image/png', width: 256, height: 384 });
    const picture = await service.visitor().call(media.url);
    expect([
      picture.status,
      picture.headers['content-type'],
      picture.headers['cross-origin-resource-policy'],
    ]).toEqual([200, 'image/png', 'cross-origin']);
    expect(picture.bytes).toHaveLength(media.bytes);
    expect(await sharp(picture.bytes).metadata()).toMatchObject({ format: 'png', width: 256, height: 384 });
    const { others, xmp } = await metadataOf(picture.bytes);
    expect([others, sourceTypesIn(xmp)]).toEqual([[], [madeByModel]]);
    expect(await ask(service.home, unbalanced)).toEqual([]);
  });

  it('has a link that cannot be modified', async () => {
    const { json } = await create(ada);
    await finish(ada, json.id);
    const { url } = (await ada.visitor.call(`/api/v1/generations/${json.id}`, { token: ada.token })).json
      .media[0];
    const later = url.replace(
      /expires=(\d+)/,
      (_: string, seconds: string) => `expires=${Number(seconds) + 60}`,
    );
    const past = url.replace(/expires=\d+/, 'expires=1000000000');
    const elsewhere = url.replace(/generations\/[^/]+/, 'generations/00000000-0000-4000-8000-000000000000');
    const unsigned = url.replace(/&signature=.*/, '');
    const climbing = url.replace('0.png', '..%2f..%2f..%2fsecrets.json');
    for (const bent of [later, past, elsewhere, unsigned, climbing, `${url}x`]) {
      const answer = await service.visitor().call(bent);
      expect([answer.status, answer.headers['content-type']]).toEqual([
        403,
        'application/problem+json; charset=utf-8',
      ]);
    }
  });

  it('is not found by another account: not read, not watched, not deleted, not listed', async () => {
    const eve = await signUp(service);
    const { json } = await create(ada);
    const path = `/api/v1/generations/${json.id}`;
    for (const call of [{ path }, { path: `${path}/events` }, { path, method: 'DELETE' }]) {
      const answer = await eve.visitor.call(call.path, {
        token: eve.token,
        ...('method' in call ? { method: call.method } : {}),
      });
      const absent = await eve.visitor.call(
        call.path.replace(json.id, '01900000-0000-7000-8000-000000000000'),
        { token: eve.token, ...('method' in call ? { method: call.method } : {}) },
      );
      expect([answer.status, answer.json.code]).toEqual([404, 'not_found']);
      expect({ ...answer.json, instance: '', request_id: '' }).toEqual({
        ...absent.json,
        instance: '',
        request_id: '',
      });
    }
    expect((await eve.visitor.call('/api/v1/generations', { token: eve.token })).json).toEqual({
      data: [],
      next_cursor: null,
    });
    await finish(ada, json.id);
  });

  it('is not deleted by another account when finished either', async () => {
    const eve = await signUp(service);
    const { json } = await create(ada);
    await finish(ada, json.id);
    const path = `/api/v1/generations/${String(json.id)}`;
    expect((await eve.visitor.call(path, { method: 'DELETE', token: eve.token })).status).toBe(404);
    expect((await ada.visitor.call(path, { token: ada.token })).json.status).toBe('completed');
  });

  /** A row of a generation that is due now, not for a long time, or beyond its time. */
  const place = async (
    owner: Account,
    parameters: object,
    later: 'now' | 'never' | 'over',
  ): Promise<string> => {
    const id = `01900000-0000-7000-8000-${String(Date.now()).slice(-12).padStart(12, '0')}`;
    await ask(
      service.home,
      `insert into velro.generations (id, user_id, model_id, prompt, parameters, credits_cost, due_at, deadline_at)
       values ($1, $2, $3, $4, $5, 7, now() + $6::interval, now() + $7::interval)`,
      [
        id,
        owner.id,
        'velro/canvas',
        'fog',
        parameters,
        later === 'now' ? '1 s' : later === 'never' ? '1 h' : '1 s',
        later === 'over' ? '0 s' : '2 h',
      ],
    );
    await ask(
      service.home,
      'update velro.users set credits_balance = credits_balance - 7, credits_reserved = credits_reserved + 7 where id = $1',
      [owner.id],
    );
    await ask(
      service.home,
      "insert into velro.credit_entries (user_id, generation_id, kind, balance_change, reserved_change) values ($1, $2, 'reserve', -7, 7)",
      [owner.id, id],
    );
    return id;
  };

  it.each([
    ['that the provider refuses', 'now', { width: 5 }, 'parameters_refused'],
    ['that nobody took in time', 'over', {}, 'provider_unavailable'],
  ] as const)(
    '%s ends as failed, says why, and gives the credits back',
    async (_title, later, parameters, code) => {
      const owner = await signUp(service);
      const before = await balance(owner);
      const id = await place(owner, parameters, later);
      expect(await balance(owner)).toBe(before - 7);
      expect((await finish(owner, id))?.event).toBe('failed');
      const { json } = await owner.visitor.call(`/api/v1/generations/${id}`, { token: owner.token });
      expect([json.status, json.error]).toEqual(['failed', { code }]);
      expect(await balance(owner)).toBe(before);
      expect(await ask(service.home, unbalanced)).toEqual([]);
    },
  );

  it('is watched by at most ten streams of one account, and HEAD takes none of them', async () => {
    const owner = await signUp(service);
    const path = `/api/v1/generations/${await place(owner, {}, 'never')}/events`;
    for (let count = 0; count < 12; count++) {
      const head = await owner.visitor.call(path, { method: 'HEAD', token: owner.token });
      expect([head.status, head.headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    }
    let open = 0;
    const streams = Array.from({ length: 10 }, () =>
      owner.visitor.events(path, owner.token, () => {
        open++;
        return false;
      }),
    );
    await until(() => open === 10, 'the first event of ten streams');
    const refused = await owner.visitor.call(path, { token: owner.token });
    expect([refused.status, refused.json.code]).toEqual([429, 'streams_exceeded']);
    await owner.visitor.call('/api/v1/auth/logout', { method: 'POST', token: owner.token });
    await Promise.all(streams);
  });

  it('is processed without pauses when many are queued', async () => {
    const owner = await signUp(service);
    const made = [];
    for (let count = 0; count < 8; count++) made.push((await create(owner)).json.id as string);
    await Promise.all(made.map((id) => finish(owner, id)));
    const [row] = await ask<{ gap: number }>(
      service.home,
      `select min(gap) gap from (select extract(epoch from finished_at - lag(finished_at) over (order by finished_at))::float8 gap from velro.generations where user_id = $1) g`,
      [owner.id],
    );
    // A pause of the queue's polling stands between any two jobs, or between none: a busy machine adds to some gaps alone.
    expect(row?.gap).toBeLessThan(1.5);
  });

  it('is listed newest first, page by page, each once', async () => {
    const bob = await signUp(service);
    const made: string[] = [];
    for (let count = 0; count < 5; count++) made.unshift((await create(bob)).json.id);
    const listed: string[] = [];
    let cursor: string | null = '';
    do {
      const page = await bob.visitor.call(
        `/api/v1/generations?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`,
        { token: bob.token },
      );
      listed.push(...page.json.data.map((item: { id: string }) => item.id));
      cursor = page.json.next_cursor;
    } while (cursor !== null);
    expect(listed).toEqual(made);
  });

  it('is deleted together with its picture', async () => {
    const { json } = await create(ada);
    const path = `/api/v1/generations/${json.id}`;
    const running = await ada.visitor.call(path, { method: 'DELETE', token: ada.token });
    expect([running.status, running.json.code]).toEqual([409, 'generation_running']);
    await finish(ada, json.id);
    const object = join(service.home, 'objects', 'generations', json.id, '0.png');
    expect(existsSync(object)).toBe(true);
    expect((await ada.visitor.call(path, { method: 'DELETE', token: ada.token })).status).toBe(204);
    expect((await ada.visitor.call(path, { token: ada.token })).status).toBe(404);
    await until(() => !existsSync(object), 'the end of the picture');
    expect(await ask(service.home, unbalanced)).toEqual([]);
  });

  it('is accepted once of ten concurrent requests with credit for one', async () => {
    const poor = await signUp(service);
    await ask(service.home, 'update velro.users set credits_balance = 1 where id = $1', [poor.id]);
    await ask(service.home, 'update velro.credit_entries set balance_change = 1 where user_id = $1', [
      poor.id,
    ]);
    const answers = await Promise.all(Array.from({ length: 9 }, () => create(poor)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([202, ...Array<number>(8).fill(402)]);
    const refused = answers.find((answer) => answer.status === 402);
    expect(refused?.json).toMatchObject({ code: 'credits_insufficient', required: 1, available: 0 });
    expect(await ask(service.home, unbalanced)).toEqual([]);
    expect(
      await ask(service.home, 'select 1 from velro.generations where user_id = $1', [poor.id]),
    ).toHaveLength(1);
  });

  it.each([
    ['an unknown model', { ...order, model_id: 'velro/none' }, 'model_unknown'],
    ['a model of the prototype', { ...order, model_id: 'toString' }, 'model_unknown'],
    ['an unknown parameter', { ...order, parameters: { steps: 3 } }, 'validation_failed'],
    ['a width out of bounds', { ...order, parameters: { width: 100_000 } }, 'validation_failed'],
    ['a width that is no multiple of eight', { ...order, parameters: { width: 257 } }, 'validation_failed'],
    ['a width as text', { ...order, parameters: { width: '512' } }, 'validation_failed'],
    ['a negative seed', { ...order, parameters: { seed: -1 } }, 'validation_failed'],
    ['an empty prompt', { ...order, prompt: '' }, 'validation_failed'],
    ['a blank prompt', { ...order, prompt: ' \n\t ' }, 'validation_failed'],
    ['a prompt of 2,001 characters', { ...order, prompt: 'a'.repeat(2001) }, 'validation_failed'],
    ['no prompt', { model_id: 'velro/canvas' }, 'validation_failed'],
    ['an unknown field', { ...order, admin: true }, 'validation_failed'],
    ['parameters that are a list', { ...order, parameters: [] }, 'validation_failed'],
  ])('is refused for %s and charges no credit', async (_title, body, code) => {
    const visitor = await signUp(service);
    const before = await balance(visitor);
    const answer = await create(visitor, body);
    expect([answer.status, answer.json.code]).toEqual([422, code]);
    expect(await balance(visitor)).toBe(before);
  });
});

describe('streams that clients abandon', () => {
  it('do not keep the service from stopping, at any moment', async () => {
    const service = await Service.start();
    const { visitor, token } = await signUp(service);
    const { json } = await visitor.call('/api/v1/generations', { token, body: order });
    const { port, hostname } = new URL(service.url);
    const text = `GET /api/v1/generations/${String(json.id)}/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    for (let count = 0; count < 60; count++) {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(text);
          setTimeout(() => {
            socket.resetAndDestroy();
            resolve();
          }, count % 6);
        });
        socket.on('error', () => undefined);
      });
    }
    expect(await service.stop()).toBe(0);
  });
});

import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { administrator, type Administrator } from '../support/accounts/authenticator.js';
import { ask } from '../support/database/database.js';
import { GraphServer, somebody } from '../support/meta/graph-server.js';
import { ModelServer } from '../support/models/model-server.js';
import { Service } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const answer = 'The answer is 42.';

describe('messages to a page', () => {
  let graph: GraphServer;
  let models: ModelServer;
  let service: Service;
  let admin: Administrator;
  beforeAll(async () => {
    [graph, models] = [await GraphServer.start(), await ModelServer.start()];
    service = await Service.start({
      ...graph.env,
      AI_PROVIDER: 'gemini',
      GEMINI_API_KEY: 'key-of-the-provider',
      GEMINI_BASE_URL: models.url,
      AI_TIMEOUT_MS: '20000',
      AI_MAX_CALLS_PER_MIN: '100000',
      AI_DAILY_BUDGET_USD: '1000',
      AI_MONTHLY_BUDGET_USD: '10000',
      RATE_LIMIT_API_STANDARD: '30/minute',
      LOG_LEVEL: 'info',
      RATE_LIMIT_ADMIN: '100000/minute',
    });
    admin = await administrator(service, 'admin');
  });
  afterAll(async () => {
    await service.discard();
    await graph.stop();
    await models.stop();
  });
  beforeEach(() => {
    graph.faults.length = 0;
    models.reset();
  });

  const post = (body: string, headers: Readonly<Record<string, string>> = {}, at = service.visitor()) =>
    at.call('/webhook/messenger', { raw: body, headers });
  const manage = (path: string, method = 'GET', body?: object) =>
    admin.visitor.call(`/api/v1/admin${path}`, {
      method,
      token: admin.token,
      ...(body === undefined ? {} : { body }),
    });
  const count = async (): Promise<number> => {
    const [row] = await ask<{ count: number }>(
      service.home,
      'select (select count(*) from velro.messenger_people)::int + (select count(*) from velro.messenger_messages)::int as count',
    );
    return row?.count ?? -1;
  };
  const tell = async (...messaging: readonly object[]): Promise<void> => {
    const { status } = await graph.deliver(service, graph.batch(...messaging));
    expect(status).toBe(200);
  };
  const answered = (psid: string, texts: number): Promise<number> =>
    until(() => graph.textsTo(psid).length >= texts, `${texts} replies`);
  const settled = (state: string): Promise<number> =>
    until(
      async () =>
        (await ask(service.home, 'select 1 from velro.messenger_replies where state = $1', [state])).length >
        0,
      `a reply that is ${state}`,
    );

  describe('are taken from Meta alone', () => {
    const body = JSON.stringify({ test: 'data' });

    it.each([
      ['no signature: 400', {}, 400, 'signature_missing'],
      ['a wrong one: 403', { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }, 403, 'signature_invalid'],
      ['one of another form: 403', { 'x-hub-signature-256': 'sha256=x' }, 403, 'signature_invalid'],
      [
        'one by SHA-1 alone: 400',
        { 'x-hub-signature': `sha1=${createHmac('sha1', 'x').update(body).digest('hex')}` },
        400,
        'signature_missing',
      ],
    ])('with %s', async (_, headers, status, code) => {
      const before = await count();
      const refused = await post(body, headers);
      expect([refused.status, refused.json.code, await count()]).toEqual([status, code, before]);
    });

    it('over the bytes as they came', async () => {
      const ada = somebody();
      const text = JSON.stringify(graph.batch(graph.text(ada, 'grüße')));
      const escaped = text.replaceAll('ü', '\\u00fc');
      const before = await count();
      const { status } = await post(text, { 'x-hub-signature-256': graph.signatureOf(escaped) });
      expect([status, await count()]).toEqual([403, before]);
      expect((await post(escaped, { 'x-hub-signature-256': graph.signatureOf(escaped) })).status).toBe(200);
      await answered(ada, 1);
    });

    it('and refused ones are counted, recorded, and limited by address', async () => {
      const at = service.visitor();
      const statuses: number[] = [];
      for (let call = 0; call < 31; call++) statuses.push((await post(body, {}, at)).status);
      expect(statuses.slice(0, 30)).toEqual(Array(30).fill(400));
      expect(statuses[30]).toBe(429);
      await service.logged();
      expect(
        service.lines().some(({ event, webhook }) => event === 'authz_fail' && webhook === 'messenger'),
      ).toBe(true);
    });
  });

  it('are stored of nobody by the echo of the last reply to somebody who is forgotten', async () => {
    const ada = somebody();
    await tell(graph.text(ada, 'hello'));
    await answered(ada, 1);
    await settled('sent');
    await tell(graph.text(ada, 'delete my data'));
    await answered(ada, 2);
    const last = graph.sent.filter(({ psid }) => psid === ada).at(-1);
    const before = async () =>
      (await ask(service.home, "select 1 from velro.messenger_people where mode = 'human'")).length;
    const humans = await before();
    await until(
      async () =>
        (await ask(service.home, 'select 1 from velro.messenger_people where forget_at is not null'))
          .length === 0,
      'the end of the person',
    );
    const people = await count();
    await tell(graph.echo(ada, { metadata: last?.metadata, mid: last?.mid }));
    expect([await count(), await before()]).toEqual([people, humans]);
  });

  it('without an id of their own are stored by none that names the person', async () => {
    const ada = somebody();
    const postback = {
      sender: { id: ada },
      recipient: { id: graph.pageId },
      timestamp: Date.now(),
      postback: { title: 'Start', payload: 'START' },
    };
    await tell(postback);
    await tell(postback);
    await answered(ada, 1);
    const rows = await ask<{ mid: string }>(
      service.home,
      "select mid from velro.messenger_messages where mid like 'postback:%'",
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.mid).not.toContain(ada);
  });

  it.each([
    ['confirmed with its token', 'subscribe', null, '1158201444', 200],
    ['refused with another token', 'subscribe', 'wrong', '1158201444', 403],
    ['refused with another mode', 'unsubscribe', null, '1158201444', 403],
    ['refused with a challenge that is no number', 'subscribe', null, '<script>', 403],
  ])('of a subscription that is %s', async (_, mode, token, challenge, status) => {
    const query = new URLSearchParams({
      'hub.mode': mode,
      'hub.verify_token': token ?? graph.verifyToken,
      'hub.challenge': challenge,
    });
    const told = await service.visitor().call(`/webhook/messenger?${query.toString()}`);
    expect(told.status).toBe(status);
    if (status === 200)
      expect([told.text, told.headers['content-type']]).toEqual([challenge, 'text/plain; charset=utf-8']);
    else expect(told.text).not.toContain(challenge);
  });

  it('are answered by the model, once each, in their order, however often they are delivered', async () => {
    const ada = somebody();
    const [one, two] = [graph.text(ada, 'First?'), graph.text(ada, 'Second?')];
    await Promise.all([tell(one, one, two), tell(one, two), tell(one)]);
    await answered(ada, 2);
    await tell(one, two);
    await service.logged();
    expect(graph.textsTo(ada)).toEqual([answer, answer]);
    const asked = models.seen.map(({ body }) => JSON.stringify(body));
    expect([asked.length, asked[0]?.includes('First?'), asked[1]?.includes('First?')]).toEqual([
      2,
      true,
      true,
    ]);
    expect(asked[1]).toContain('Second?');
    expect(graph.sent.at(-1)).toMatchObject({ messagingType: 'RESPONSE' });
    expect([graph.strayed, graph.typing.includes(ada)]).toEqual([0, true]);
  });

  it('of which the third of one person within a minute gets the fallback, and others their answer', async () => {
    const ada = somebody();
    await tell(graph.text(ada, 'One'), graph.text(ada, 'Two'), graph.text(ada, 'Three'));
    await answered(ada, 3);
    expect(graph.textsTo(ada).slice(0, 2)).toEqual([answer, answer]);
    expect(graph.textsTo(ada)[2]).toMatch(/many messages/);
    await service.logged();
    const lines = service.lines().filter(({ msg }) => msg.startsWith('AI-CALL'));
    expect(lines.at(-1)).toMatchObject({
      msg: 'AI-CALL path=fallback reason=user_rate_limit',
      purpose: 'messenger',
    });
    const bob = somebody();
    await tell(graph.text(bob, 'Hello?'));
    await answered(bob, 1);
    expect(graph.textsTo(bob)).toEqual([answer]);
  });

  it('that are no text are answered in fixed words, and ask no model', async () => {
    const ada = somebody();
    const image = {
      text: undefined,
      attachments: [{ type: 'image', payload: { url: 'https://x.example' } }],
    };
    const sticker = { text: undefined, attachments: [{ type: 'sticker', payload: {} }] };
    await tell(graph.text(ada, '', image), graph.text(ada, '', sticker));
    await answered(ada, 2);
    expect(graph.textsTo(ada)).toEqual(
      Array(2).fill('I can read text only at the moment. Please write what you need.'),
    );
    expect(models.seen).toEqual([]);
  });

  it('and all else of a batch is acknowledged, counted, and stores nothing', async () => {
    const ada = somebody();
    const before = await count();
    const side = { sender: { id: ada }, recipient: { id: graph.pageId }, timestamp: Date.now() };
    const bodies: unknown[] = [
      graph.batch(
        { ...side, read: { watermark: 1 } },
        { ...side, delivery: { mids: [] } },
        { ...side, optin: {} },
      ),
      { object: 'page', entry: [{ id: graph.pageId, standby: [graph.text(ada, 'To another app.')] }] },
      { object: 'instagram', entry: [] },
      { object: 'page', entry: [null, 7, 'x', {}, { messaging: 'x' }, { messaging: [null, 7, {}] }] },
      graph.batch(
        { ...side, message: { text: 'without an id' } },
        { ...side, message: { mid: 'm', text: 7 } },
      ),
      graph.batch({ ...graph.text(ada, 'x'), sender: { id: '../7' } }),
      [],
      'null',
    ];
    for (const body of bodies) expect((await graph.deliver(service, body)).status).toBe(200);
    expect(await count()).toBe(before);
    await service.logged();
    const lines = service.lines().filter(({ msg }) => msg === 'a batch of Messenger was received');
    expect(lines.slice(-8).map(({ receipts, standby, unknown }) => [receipts, standby, unknown])).toEqual([
      [2, undefined, 1],
      [undefined, 1, undefined],
      [undefined, undefined, 1],
      [undefined, undefined, 3],
      [undefined, undefined, 1],
      [undefined, undefined, undefined],
      [undefined, undefined, 1],
      [undefined, undefined, 1],
    ]);
  });

  it.each([
    ['is no JSON', '{', 'json_invalid'],
    ['is nested too deeply', `${'['.repeat(50)}${']'.repeat(50)}`, 'json_too_complex'],
    ['has a million values', `[${'1,'.repeat(999_999)}1]`, 'json_too_complex'],
  ])('of a signed batch that %s are refused with one event, and nothing is stored', async (_, body, code) => {
    const before = await count();
    const refused = await graph.deliver(service, body);
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([400, code]);
    expect(await count()).toBe(before);
    await service.logged();
    const events = service.lines().filter(({ msg }) => msg.endsWith('MESSENGER batch unreadable'));
    expect(events.at(-1)).toMatchObject({ event: 'input_validation_fail', reason: code });
  });

  it('are answered beside others that are odd: nested deeply, with NUL, or with half a character', async () => {
    const [ada, bob, eve] = [somebody(), somebody(), somebody()];
    let nested: unknown = 'deep';
    for (let level = 0; level < 20; level++) nested = { level: nested };
    const { status } = await graph.deliver(
      service,
      JSON.stringify(
        graph.batch(
          graph.text(ada, 'hello\0there'),
          graph.text(bob, 'cut \ud83d'),
          graph.text(eve, 'hello', { template: nested }),
        ),
      ),
    );
    expect(status).toBe(200);
    for (const psid of [ada, bob, eve]) await answered(psid, 1);
  });

  it('are left to the human who takes over in the page’s inbox', async () => {
    const ada = somebody();
    await tell(graph.text(ada, 'Hello?'));
    await answered(ada, 1);
    // Our own echo changes nothing.
    const { metadata, mid } = graph.sent.at(-1) ?? { metadata: '', mid: '' };
    await tell(graph.echo(ada, { metadata, mid, app_id: 1 }));
    await tell(graph.text(ada, 'Still you?'));
    await answered(ada, 2);
    await tell(graph.echo(ada, { text: 'A human here.' }));
    await tell(graph.text(ada, 'Thank you, human.'));
    const bob = somebody();
    await tell(graph.text(bob, 'Anybody?'));
    await answered(bob, 1);
    expect(graph.textsTo(ada)).toHaveLength(2);
    expect(
      await ask(
        service.home,
        "select state from velro.messenger_messages m join velro.messenger_people p on p.id = m.person_id where p.mode = 'human' order by m.id",
      ),
    ).toEqual([{ state: 'answered' }, { state: 'answered' }, { state: 'ignored' }]);
  });

  it('that ask for the deletion of everything are answered by us, also while a human answers', async () => {
    const ada = somebody();
    const before = await count();
    await tell(graph.text(ada, 'Hello?'));
    await answered(ada, 1);
    await tell(graph.echo(ada, { text: 'A human here.' }));
    await tell(graph.text(ada, 'Thank you, human.'), graph.text(ada, 'Delete my data.'));
    await answered(ada, 2);
    expect(graph.textsTo(ada)[1]).toBe('Everything that was stored of this conversation is deleted.');
    await until(async () => (await count()) === before, 'the deletion');
  });

  it('are answered first with what the agent of the page discloses, once and whole, and without its instructions', async () => {
    // Longer than a message.
    const disclosure = `I am an AI. ${'We say so at length. '.repeat(13)}`.trim();
    const made = await manage('/agents', 'POST', {
      name: 'Page',
      system_prompt: 'You sell lamps.',
      disclosure,
    });
    const agent_id = made.json.id as string;
    const page = (id: string | null) =>
      manage('/messenger/pages', 'PUT', { page_id: graph.pageId, agent_id: id });
    expect([(await page(agent_id)).status, (await manage('/messenger/pages')).json.data]).toEqual([422, []]);
    await manage(`/agents/${agent_id}/publish`, 'POST', {});
    expect((await page(agent_id)).status).toBe(204);
    expect((await manage('/messenger/pages')).json.data).toEqual([{ page_id: graph.pageId, agent_id }]);
    const ada = somebody();
    await tell(graph.text(ada, 'Hello?'), graph.text(ada, 'And?'));
    await answered(ada, 4);
    const [first, second, ...answers] = graph.textsTo(ada);
    expect([`${first} ${second}`, answers]).toEqual([disclosure, [answer, answer]]);
    expect(JSON.stringify(models.seen[0]?.body)).toContain('You sell lamps.');
    expect([(await page(null)).status, (await manage('/messenger/pages')).json.data]).toEqual([204, []]);
  });

  describe('of a person whom an administrator', () => {
    const personOf = async (psid: string): Promise<string> => {
      await tell(graph.text(psid, 'Hello?'));
      await answered(psid, 1);
      const [latest] = (await manage('/messenger/people?limit=1')).json.data;
      return latest.id as string;
    };
    const states = (id: string) =>
      ask(service.home, 'select state from velro.messenger_messages where person_id = $1 order by id', [id]);
    const settledOthers = async (): Promise<void> => {
      const bob = somebody();
      await tell(graph.text(bob, 'Anybody?'));
      await answered(bob, 1);
    };

    it('blocks are not stored and not answered, until the block is lifted', async () => {
      const ada = somebody();
      const id = await personOf(ada);
      const blocked = await manage(`/messenger/people/${id}`, 'PUT', { blocked: true });
      expect(blocked.json).toMatchObject({ id, page_id: graph.pageId, mode: 'bot' });
      expect(typeof blocked.json.blocked_at).toBe('string');
      await tell(graph.text(ada, 'Abuse.'));
      await settledOthers();
      expect([await states(id), graph.textsTo(ada).length]).toEqual([[{ state: 'answered' }], 1]);
      const listed = (query: string) => manage(`/messenger/people?${query}`);
      expect((await listed('blocked=true')).json.data.map((one: { id: string }) => one.id)).toEqual([id]);
      expect((await listed('blocked=false')).text).not.toContain(id);
      await manage(`/messenger/people/${id}`, 'PUT', { blocked: false });
      await tell(graph.text(ada, 'Sorry.'));
      await answered(ada, 2);
    });

    it('deletes are forgotten, and a block of them outlives it by the hash', async () => {
      const ada = somebody();
      const id = await personOf(ada);
      await manage(`/messenger/people/${id}`, 'PUT', { blocked: true });
      expect((await manage(`/messenger/people/${id}`, 'DELETE')).status).toBe(204);
      const [left] = await ask(
        service.home,
        'select length(psid_sealed) as sealed, (select count(*)::int from velro.messenger_messages where person_id = p.id) as messages from velro.messenger_people p where id = $1',
        [id],
      );
      expect(left).toEqual({ sealed: 0, messages: 0 });
      await tell(graph.text(ada, 'Again.'));
      expect(await states(id)).toEqual([]);
      await manage(`/messenger/people/${id}`, 'PUT', { blocked: false });
      await tell(graph.text(ada, 'As somebody new.'));
      await answered(ada, 2);
      expect((await manage(`/messenger/people/${id}`, 'DELETE')).status).toBe(204);
      expect((await manage(`/messenger/people/${id}`, 'DELETE')).status).toBe(404);
    });

    it('takes over are left alone, and answered again from the next message once they are handed back', async () => {
      const ada = somebody();
      const id = await personOf(ada);
      await manage(`/messenger/people/${id}`, 'PUT', { mode: 'human' });
      await tell(graph.text(ada, 'To the human.'));
      await settledOthers();
      expect((await manage('/messenger/people?mode=human')).text).toContain(id);
      expect((await manage(`/messenger/people/${id}`, 'PUT', { mode: 'bot' })).json.mode).toBe('bot');
      await tell(graph.text(ada, 'To the agent.'));
      await answered(ada, 2);
      expect(await states(id)).toEqual([{ state: 'answered' }, { state: 'ignored' }, { state: 'answered' }]);
      await service.logged();
      expect(service.lines().some(({ msg }) => msg === 'SECURITY-EVENT MESSENGER changed')).toBe(true);
    });
  });

  it('that ask for it delete all that is stored of their person, behind a confirmation', async () => {
    const ada = somebody();
    const people = async () => (await ask(service.home, 'select id from velro.messenger_people')).length;
    const before = await people();
    await tell(graph.text(ada, 'Hello?'));
    await answered(ada, 1);
    expect(await people()).toBe(before + 1);
    await tell(graph.text(ada, 'Delete my data!'));
    await answered(ada, 2);
    expect(graph.textsTo(ada)[1]).toBe('Everything that was stored of this conversation is deleted.');
    await until(async () => (await people()) === before, 'the deletion');
  });

  it('never leave an id, a text or a token in the log, and in the database only sealed', async () => {
    const ada = somebody();
    await tell(graph.text(ada, 'canary-of-a-question'));
    await answered(ada, 1);
    await service.logged();
    const dump = JSON.stringify([
      await ask(service.home, 'select * from velro.messenger_people'),
      await ask(service.home, 'select * from velro.messenger_messages'),
      await ask(service.home, 'select * from velro.messenger_replies'),
      await ask(service.home, 'select * from velro.ai_calls'),
      await ask(service.home, 'select * from velro.security_events'),
      await ask(service.home, 'select * from velro.budget_sums'),
    ]);
    for (const canary of [ada, 'canary-of-a-question', answer, graph.token, graph.secret, graph.verifyToken])
      expect([service.printed.includes(canary), dump.includes(canary)]).toEqual([false, false]);
  });

  describe('of somebody who has Facebook ask for the deletion of everything', () => {
    const form = (text: string, at = service.visitor()) =>
      at.call('/webhook/messenger/data-deletion', {
        raw: text,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    const requests = () => ask(service.home, 'select code from velro.messenger_deletions');
    let issued = 0;
    const asked = (user_id: string) =>
      form(graph.signedRequest({ algorithm: 'HMAC-SHA256', issued_at: ++issued, user_id }));
    const said = async (code: string, words: RegExp): Promise<void> => {
      const read = () => service.visitor().call(`/webhook/messenger/data-deletion/${code}`);
      await until(async () => words.test((await read()).text), String(words));
      expect((await read()).headers['content-type']).toBe('text/plain; charset=utf-8');
    };

    it('is one request, however often the same is sent again', async () => {
      const request = graph.signedRequest({ algorithm: 'HMAC-SHA256', issued_at: 77, user_id: '7700' });
      const before = (await requests()).length;
      const codes = new Set<unknown>();
      for (let turn = 0; turn < 5; turn++) codes.add((await form(request)).json.confirmation_code);
      expect([codes.size, (await requests()).length]).toEqual([1, before + 1]);
    });

    it.each([
      ['nothing', () => '', 400],
      [
        'another signature',
        () =>
          graph
            .signedRequest({ algorithm: 'HMAC-SHA256', user_id: '7' })
            .replace(/=.{43}/u, `=${'A'.repeat(43)}`),
        403,
      ],
      ['no id', () => graph.signedRequest({ algorithm: 'HMAC-SHA256', user_id: '../7' }), 403],
      ['a payload that is no JSON', () => graph.signedRequest([]).replace(/\..*$/u, '.AAAA'), 403],
      ['more than a form of Meta has', () => `signed_request=${'A'.repeat(5000)}`, 400],
    ])('are refused by a form with %s, and nothing is stored', async (_, text, status) => {
      const before = await requests();
      expect((await form(text())).status).toBe(status);
      expect(await requests()).toEqual(before);
    });

    it('are refused as JSON, and forms are elsewhere', async () => {
      const json = { 'content-type': 'application/json' };
      const wrong = await service
        .visitor()
        .call('/webhook/messenger/data-deletion', { raw: '{}', headers: json });
      expect(wrong.status).toBe(400);
      const elsewhere = await service.visitor().call('/webhook/messenger', {
        raw: graph.signedRequest({}),
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
      expect(elsewhere.status).toBe(415);
    });

    it('are deleted once Meta says who it is, which the status tells by its code', async () => {
      const [ada, user] = [somebody(), '9001'];
      await tell(graph.text(ada, 'Hello?'));
      await answered(ada, 1);
      const before = (await ask(service.home, 'select 1 from velro.messenger_people')).length;
      graph.idsAtPages.set(user, ada);
      const { status, json } = await asked(user);
      expect([status, json.url]).toEqual([
        200,
        `${service.url}/webhook/messenger/data-deletion/${json.confirmation_code as string}`,
      ]);
      await said(json.confirmation_code as string, /was deleted/);
      expect(await ask(service.home, 'select 1 from velro.messenger_people')).toHaveLength(before - 1);
      expect(
        await ask(service.home, 'select app_user_sealed from velro.messenger_deletions where code = $1', [
          json.confirmation_code,
        ]),
      ).toEqual([{ app_user_sealed: null }]);
    });

    it('are not said to be found where Meta knows of nobody', async () => {
      const { json } = await asked('9002');
      await said(json.confirmation_code as string, /Nothing was found that belongs to you/);
    });

    it('are asked for again where Meta does not say it, and given up with words that help', async () => {
      graph.idsAtPages.set('9003', null);
      const { json } = await asked('9003');
      const code = json.confirmation_code as string;
      await said(code, /being carried out/);
      await until(
        async () =>
          (
            await ask(
              service.home,
              'select 1 from velro.messenger_deletions where code = $1 and attempts = 1 and work_at > now()',
              [code],
            )
          ).length > 0,
        'the first try',
      );
      await ask(
        service.home,
        'update velro.messenger_deletions set attempts = 6, work_at = now() where code = $1',
        [code],
      );
      await said(code, /did not tell us/);
    });

    it('are unknown by another code', async () => {
      const { status } = await service
        .visitor()
        .call('/webhook/messenger/data-deletion/0193c1f0-7d1e-7cc0-9b57-2f7de54aa001');
      expect(status).toBe(404);
    });
  });

  describe('whose reply is not taken by Meta', () => {
    const error = (code: number, status = 400) => ({ kind: 'error', status, code }) as const;

    it('is a dead letter, which an administrator has sent again, once, within the person’s 24 hours', async () => {
      const ada = somebody();
      graph.faults.push(error(10));
      await tell(graph.text(ada, 'Hello?'));
      await settled('failed');
      const [dead, ...more] = (await manage('/jobs?limit=1')).json.data;
      expect(dead).toMatchObject({ kind: 'messenger_reply', state: 'failed', error_code: 10 });
      expect([more, JSON.stringify(dead).includes(answer)]).toEqual([[], false]);
      expect((await manage(`/jobs/${dead.id}/replay`, 'POST')).status).toBe(202);
      await answered(ada, 1);
      await settled('sent');
      expect((await manage(`/jobs/${dead.id}/replay`, 'POST')).status).toBe(404);
      expect((await manage('/jobs')).text).not.toContain(dead.id);
      await service.logged();
      expect(service.lines().some(({ msg }) => msg === 'SECURITY-EVENT JOB replayed')).toBe(true);
      graph.faults.push(error(10));
      await tell(graph.text(ada, 'And?'));
      await settled('failed');
      const [late] = (await manage('/jobs')).json.data;
      await ask(
        service.home,
        "update velro.messenger_people set last_inbound_at = now() - interval '25 hours'",
      );
      await manage(`/jobs/${late.id}/replay`, 'POST');
      await settled('expired');
      expect(graph.textsTo(ada)).toHaveLength(1);
    });

    it.each([
      ['is refused for good: given up, and the next one is sent', error(10), 'failed'],
      [
        'is broken off: unknown, never sent again, and the next one is sent',
        { kind: 'reset' } as const,
        'unknown',
      ],
      ['is answered by garbage: unknown', { kind: 'garbage' } as const, 'unknown'],
    ])('and %s', async (_, fault, state) => {
      const ada = somebody();
      graph.faults.push(fault);
      await tell(graph.text(ada, 'Hello?'), graph.text(ada, 'And?'));
      await settled(state);
      const texts = fault.kind === 'error' ? 1 : 2;
      await answered(ada, texts);
      expect(graph.textsTo(ada)).toHaveLength(texts);
      await ask(service.home, 'delete from velro.messenger_people');
    });

    it('for too many calls is sent later, and what comes behind it waits', async () => {
      const ada = somebody();
      graph.faults.push(error(613));
      await tell(graph.text(ada, 'Hello?'), graph.text(ada, 'And?'));
      await until(
        async () =>
          (await ask(service.home, 'select 1 from velro.messenger_replies where error_code = 613')).length >
          0,
        'the refusal',
      );
      // Somebody who looks too early finds nothing to send.
      await ask(service.home, 'update velro.messenger_people set work_at = now() where work_at is not null');
      await until(
        async () =>
          (
            await ask(
              service.home,
              'select 1 from velro.messenger_people where work_at <= now() or lease is not null',
            )
          ).length === 0,
        'the look',
      );
      expect(graph.textsTo(ada)).toEqual([]);
      await ask(
        service.home,
        "update velro.messenger_replies set next_attempt_at = now() where state = 'queued'",
      );
      await ask(service.home, 'update velro.messenger_people set work_at = now() where work_at is not null');
      await answered(ada, 2);
    });

    it('and behind which a request for deletion waits is followed by it, also of an instance that did not know it as one', async () => {
      const ada = somebody();
      const before = await count();
      graph.faults.push(error(613));
      await tell(graph.text(ada, 'Hello?'), graph.text(ada, 'Delete my data'));
      await until(
        async () =>
          (await ask(service.home, 'select 1 from velro.messenger_replies where error_code = 613')).length >
          0,
        'the refusal',
      );
      await ask(service.home, 'update velro.messenger_messages set asks_deletion = false');
      await ask(
        service.home,
        "update velro.messenger_replies set next_attempt_at = now() where state = 'queued'",
      );
      await until(async () => {
        await ask(
          service.home,
          'update velro.messenger_people set work_at = now() where work_at > now() and lease is null',
        );
        return graph.textsTo(ada).length === 2;
      }, 'the answers');
      expect(graph.textsTo(ada)[1]).toBe('Everything that was stored of this conversation is deleted.');
      await until(async () => (await count()) === before, 'the deletion');
    });

    it('for the token raises one event', async () => {
      graph.faults.push(error(190));
      await tell(graph.text(somebody(), 'Hello?'));
      await until(
        () => service.lines().some(({ msg }) => msg === 'SECURITY-EVENT MESSENGER page token refused'),
        'the event',
      );
    });
  });

  describe('of which the last one is older than 24 hours', () => {
    const yesterday = (): number => Date.now() - 25 * 3_600_000;
    const waiting = (): Promise<unknown[]> =>
      ask(service.home, "select 1 from velro.messenger_messages where state = 'waiting'");

    it('are not answered, and no model is asked for them', async () => {
      const ada = somebody();
      await tell(graph.text(ada, 'Long ago', {}, yesterday()));
      await until(async () => (await waiting()).length === 0, 'the end of the message');
      expect([graph.textsTo(ada), models.seen]).toEqual([[], []]);
    });

    it('are deleted with their person where they ask for it', async () => {
      const ada = somebody();
      const before = await count();
      await tell(graph.text(ada, 'Delete my data', {}, yesterday()));
      await until(async () => (await count()) === before, 'the deletion');
      expect(graph.textsTo(ada)).toEqual([]);
    });
  });

  it('are answered beside those of eight people who never stop writing', async () => {
    const flood = Array.from({ length: 8 }, somebody);
    const texts = 40;
    await tell(
      ...flood.flatMap((psid) => Array.from({ length: texts }, () => graph.text(psid, 'Again and again.'))),
    );
    await until(() => graph.sent.some(({ psid }) => psid === flood[0]), 'the first replies');
    const bob = somebody();
    await tell(graph.text(bob, 'Hello?'));
    const before = graph.sent.length;
    await answered(bob, 1);
    const between = graph.sent.findIndex(({ psid }) => psid === bob) - before;
    // One turn of each.
    expect(between).toBeLessThan(flood.length * 6);
    for (const psid of flood) await answered(psid, texts);
  });
});

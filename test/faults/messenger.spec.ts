import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { Dice } from '../../painter/drawing/random.js';
import { faultSeed } from '../support/generations/fault-kills.js';
import { GraphServer, somebody } from '../support/meta/graph-server.js';
import { ModelServer } from '../support/models/model-server.js';
import { EmbeddedFolders } from '../support/process/embedded-folder.js';
import { Service } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

/** Ten thousand messages of two hundred people in `npm run test:faults`. */
const isFull = process.env['FAULT_KILLS'] !== undefined;
const size = isFull ? { messages: 10_000, people: 200, kills: 20 } : { messages: 300, people: 20, kills: 3 };

interface Delivered {
  readonly psid: string;
  readonly mid: string;
  readonly update: object;
}

/** The id that a mark is of. */
const replyOf = (metadata: string): string => metadata.split(':')[1] ?? '';

const seed = faultSeed();

describe(`${size.messages} messages to a page (FAULT_SEED=${seed})`, () => {
  const folders = new EmbeddedFolders();
  let graph: GraphServer;
  let models: ModelServer;
  let service: Service;
  let home: string;
  beforeAll(async () => {
    [graph, models, home] = [await GraphServer.start(), await ModelServer.start(), folders.prepared()];
    service = await start();
  });
  afterAll(async () => {
    await service.discard();
    await folders.remove();
    await graph.stop();
    await models.stop();
  });

  const start = (): Promise<Service> =>
    Service.start(
      {
        ...graph.env,
        AI_PROVIDER: 'gemini',
        GEMINI_API_KEY: 'key-of-the-provider',
        GEMINI_BASE_URL: models.url,
        AI_MAX_CALLS_PER_MIN: '100000',
        AI_MAX_CALLS_PER_MIN_PER_PSID: '100000',
        AI_DAILY_BUDGET_USD: '1000',
        AI_MONTHLY_BUDGET_USD: '10000',
        AI_PERSON_DAILY_BUDGET_USD: '100',
      },
      home,
    );
  const rows = <T>(text: string): Promise<T[]> => ask<T & object>(home, text);

  it(`are each taken once, answered once at most, and in their order, with ${size.kills} kills`, async () => {
    const dice = new Dice(seed);
    const people = Array.from({ length: size.people }, somebody);
    const began = Date.now();
    const messages: Delivered[] = Array.from({ length: size.messages }, (_, at) => {
      const psid = people[dice.whole(0, people.length - 1)] ?? '';
      const update = graph.text(psid, `message ${at}`, {}, began + at) as {
        message: { mid: string };
      };
      return { psid, mid: update.message.mid, update };
    });
    const batches: Delivered[][] = [];
    for (let at = 0; at < messages.length;) {
      const count = dice.whole(1, isFull ? 60 : 20);
      batches.push(messages.slice(at, at + count));
      at += count;
    }
    /** As Meta does: again until it is acknowledged, and now and then although it was. */
    const deliver = async (batch: readonly Delivered[]): Promise<void> => {
      for (;;) {
        const answered = await graph
          .deliver(service, graph.batch(...batch.map(({ update }) => update)))
          .then(({ ok }) => ok)
          .catch(() => false);
        if (answered) return;
        await sleep(50);
      }
    };
    const killAfter = new Set(Array.from({ length: size.kills }, () => dice.whole(0, batches.length - 1)));
    for (const [at, batch] of batches.entries()) {
      const delivering = Promise.all([deliver(batch), dice.chance(0.2) ? deliver(batch) : null]);
      if (killAfter.has(at)) {
        await sleep(dice.whole(0, 100));
        await service.kill();
        service = await start();
      }
      await delivering;
    }
    // The leases of the killed ones end by themselves; here they end at once.
    await rows('update velro.messenger_people set work_at = now(), lease = null where work_at is not null');
    await until(
      async () => (await rows('select 1 from velro.messenger_people where work_at is not null')).length === 0,
      'everything worked on',
      isFull ? 900_000 : undefined,
    );
    const stored = await rows<{ mid: string; state: string }>(
      'select mid, state from velro.messenger_messages',
    );
    expect(stored.map(({ mid }) => mid).sort()).toEqual(messages.map(({ mid }) => mid).sort());
    expect(new Set(stored.map(({ state }) => state))).toEqual(new Set(['answered']));
    // Sent once at most, each person's in the order of what they wrote.
    expect(new Set(graph.sent.map(({ metadata }) => metadata)).size).toBe(graph.sent.length);
    const placeOf = new Map(messages.map(({ mid }, place) => [mid, place]));
    const answered = await rows<{ id: string; mid: string; state: string }>(
      'select r.id, m.mid, r.state from velro.messenger_replies r join velro.messenger_messages m on m.id = r.message_id',
    );
    expect(answered).toHaveLength(messages.length);
    const midOf = new Map(answered.map(({ id, mid }) => [id, mid]));
    const last = new Map<string, number>();
    for (const { psid, metadata } of graph.sent) {
      const place = placeOf.get(midOf.get(replyOf(metadata)) ?? '') ?? -1;
      expect(place).toBeGreaterThan(last.get(psid) ?? -1);
      last.set(psid, place);
    }
    // What was not sent is unknown, and what of that was sent is found again by its echo.
    const open = answered.filter(({ state }) => state !== 'sent');
    expect(open.filter(({ state }) => state !== 'unknown')).toEqual([]);
    expect(open.length).toBeLessThanOrEqual(size.kills * 8);
    const sent = new Map(graph.sent.map((message) => [replyOf(message.metadata), message]));
    const lost = open.flatMap(({ id }) => sent.get(id) ?? []);
    for (const { psid, metadata, mid } of lost)
      await graph.deliver(service, graph.batch(graph.echo(psid, { metadata, mid })));
    const unknown = await rows<{ id: string }>(
      "select id from velro.messenger_replies where state = 'unknown'",
    );
    expect(unknown.filter(({ id }) => sent.has(id))).toEqual([]);
    expect(await rows("select 1 from velro.messenger_people where mode = 'human'")).toEqual([]);
  });

  it('whose reply is being sent when the service stops are waited for, and known to be sent', async () => {
    const ada = somebody();
    graph.faults.push({ kind: 'slow', ms: 1500 });
    await graph.deliver(service, graph.batch(graph.text(ada, 'Hello?')));
    await until(() => graph.textsTo(ada).length === 1, 'the sending');
    await service.stop({ keepHome: true });
    service = await start();
    const [reply] = await rows<{ state: string }>(
      'select state from velro.messenger_replies order by id desc limit 1',
    );
    expect([reply?.state, graph.textsTo(ada).length]).toEqual(['sent', 1]);
  });

  it('whose page is configured no more are not said to be answered: a reply that still waits is a dead letter', async () => {
    const [reply] = await rows<{ id: string }>(
      "update velro.messenger_replies set state = 'queued' where id = (select id from velro.messenger_replies order by id desc limit 1) returning id",
    );
    await rows(
      'update velro.messenger_people set work_at = now(), last_inbound_at = now() where work_at is null',
    );
    const sent = graph.sent.length;
    await service.stop({ keepHome: true });
    service = await Service.start({}, home);
    await until(
      async () =>
        (
          await rows<{ state: string }>(
            `select state from velro.messenger_replies where id = '${reply?.id ?? ''}'`,
          )
        )[0]?.state === 'failed',
      'the end of the reply',
    );
    expect(graph.sent).toHaveLength(sent);
  });
});

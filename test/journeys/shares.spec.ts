import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { concurrencyPolicy } from '../../config/policy/perimeter/concurrency.js';
import { databaseLimits } from '../../config/policy/operations/database.js';
import { operatorOf } from '../support/accounts/operator.js';
import { ask, superuserUrl } from '../support/database/database.js';
import { Customer } from '../support/fal/fal-service.js';
import { patient } from '../support/process/policy.js';
import { Service, signUp } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';

const order = { model_id: 'velro/canvas', prompt: 'a lighthouse', parameters: { width: 256, height: 256 } };

const unlimited = {
  RATE_LIMIT_API_STANDARD: '100000/minute',
  RATE_LIMIT_GENERATION_CREATE: '100000/hour',
  DEFAULT_USER_CREDITS: '100000',
};

let service: Service;
beforeAll(async () => {
  service = await Service.start(unlimited);
});
afterAll(async () => {
  await service.stop();
});

describe('the share of one person', () => {
  let ada: Customer;
  let bob: Customer;
  beforeAll(async () => {
    [ada, bob] = [new Customer(await signUp(service)), new Customer(await signUp(service))];
  });

  const statuses = (answers: readonly { readonly status: number }[]): number[] =>
    [...new Set(answers.map(({ status }) => status))].sort();
  /** Holds the row of somebody's account while `work` runs: whatever locks it waits. */
  const holdingAccountOf = async <T>(who: Customer, work: () => Promise<T>): Promise<T> => {
    const holder = new pg.Client({ connectionString: superuserUrl(service.home) });
    await holder.connect();
    try {
      await holder.query('begin');
      await holder.query('select 1 from velro.users where id = $1 for update', [who.account.id]);
      return await work();
    } finally {
      await holder.end();
    }
  };

  it('lets a hundred requests wait for their turn: each cancel of an ended generation is answered, and so is who asks beside them', async () => {
    // The turns alone: that nobody waits for a lock, or for a connection, is judged below while one is held.
    const waiting = await Service.start({ ...unlimited, ...patient });
    try {
      const [eva, max] = [new Customer(await signUp(waiting)), new Customer(await signUp(waiting))];
      const { json } = await eva.create(order);
      await eva.ended(json.id);
      const cancels = Promise.all(
        Array.from({ length: 100 }, () => eva.post(`/generations/${String(json.id)}/cancel`)),
      );
      const reads = await Promise.all(Array.from({ length: 20 }, () => max.get('/credits/balance')));
      expect(statuses(reads)).toEqual([200]);
      expect(statuses(await cancels)).toEqual([409]);
    } finally {
      await waiting.discard();
    }
  });

  it('tells of an ended generation without a lock on the account', async () => {
    const { json } = await ada.create(order);
    await ada.ended(json.id);
    const answer = await holdingAccountOf(ada, () => ada.post(`/generations/${String(json.id)}/cancel`));
    expect([answer.status, answer.json.code]).toEqual([409, 'generation_finished']);
  });

  it('holds fewer connections than there are while its requests wait for a lock, and the rest is refused with 429', async () => {
    const many = concurrencyPolicy.perAccount + concurrencyPolicy.waiting + 50;
    const { burst, reads } = await holdingAccountOf(ada, async () => {
      const burst = Promise.all(Array.from({ length: many }, () => ada.create(order)));
      await until(
        async () =>
          (
            await ask(
              service.home,
              "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%credit_entries%'",
            )
          ).length === concurrencyPolicy.perAccount,
        'requests that wait for the account',
      );
      const reads = await Promise.all(Array.from({ length: 20 }, () => bob.get('/credits/balance')));
      return { burst, reads };
    });
    expect(statuses(reads)).toEqual([200]);
    const answers = await burst;
    expect(statuses(answers).filter((status) => ![202, 429, 503].includes(status))).toEqual([]);
    const refused = answers.filter(({ json }) => json.code === 'concurrency_exceeded');
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(refused[0]?.headers['retry-after']).toBe('1');
    await service.logged();
    const events = service
      .lines()
      .filter(({ msg }) => msg === 'SECURITY-EVENT RATE-LIMITER concurrency exceeded');
    // Equal events of one subject are one line a minute.
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ event: 'excess_rate_limit_exceeded', rule: 'concurrency' });
  });

  const waitingForAccount = async (): Promise<number> =>
    (
      await ask(
        service.home,
        "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%credit_entries%'",
      )
    ).length;
  /** Written on one connection, one after the other, which breaks by `break()`. */
  const pipeline = (requests: readonly string[]): { break: () => Promise<unknown> } => {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
    socket.on('error', () => undefined).write(requests.join(''));
    return {
      break: () => {
        socket.destroy();
        return once(socket, 'close');
      },
    };
  };
  const creation = (): string => {
    const body = JSON.stringify(order);
    return `POST /api/v1/generations HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ada.account.token}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  };
  const reading = (): string =>
    `GET /api/v1/credits/balance HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ada.account.token}\r\n\r\n`;

  /**
   * As many requests as one person may have, all in the statement that waits. On a busy machine the first one's time may be over
   * before the last one's begins: then they are sent anew.
   */
  const lanesThatWait = async (count: number) => {
    for (;;) {
      const lanes = Array.from({ length: count }, () => pipeline([creation()]));
      const sentAt = performance.now();
      while (performance.now() - sentAt < 2 * databaseLimits.statementTimeoutMs)
        if ((await waitingForAccount()) === count) return lanes;
      await Promise.all(lanes.map((lane) => lane.break()));
      await until(async () => (await waitingForAccount()) === 0, 'the end of the statements');
    }
  };

  it('is kept while the statement of a request whose connection broke goes on', async () => {
    const { perAccount } = concurrencyPolicy;
    const most = await holdingAccountOf(ada, async () => {
      const lanes = await lanesThatWait(perAccount);
      await Promise.all(lanes.map((lane) => lane.break()));
      let [most, answered] = [0, false];
      const more = Promise.all(Array.from({ length: perAccount }, () => ada.create(order))).then(() => {
        answered = true;
      });
      while (!answered) most = Math.max(most, await waitingForAccount());
      await more;
      return most;
    });
    expect(most).toBeLessThanOrEqual(perAccount);
    await until(async () => (await ada.get('/credits/balance')).status === 200, 'a free place');
  });

  it('is given back by pipelined requests whose answers waited behind another when the connection broke', async () => {
    const { perAccount } = concurrencyPolicy;
    for (let round = 0; round < 2; round++) {
      await holdingAccountOf(ada, async () => {
        const lane = pipeline([creation(), ...Array.from({ length: perAccount - 1 }, reading)]);
        await until(async () => (await waitingForAccount()) === 1, 'the first one, which waits');
        await lane.break();
      });
    }
    await until(async () => {
      const answers = await Promise.all(
        Array.from({ length: perAccount + concurrencyPolicy.waiting }, () => ada.get('/credits/balance')),
      );
      return answers.every(({ status }) => status === 200);
    }, 'as many places as before');
  });

  it('is given back with every answer, and with every connection that breaks', async () => {
    for (let round = 0; round < 3; round++) {
      const broken = Array.from({ length: 20 }, () =>
        ada.account.visitor.abandon('/api/v1/credits/balance', ada.account.token),
      );
      await Promise.all(broken);
    }
    const answers = await Promise.all(Array.from({ length: 20 }, () => ada.get('/credits/balance')));
    expect(statuses(answers)).toEqual([200]);
  });

  it('does not count event streams, which have a bound of their own', async () => {
    const ids = await Promise.all(Array.from({ length: 4 }, () => ada.created(order)));
    const streams = ids.flatMap((id) =>
      [0, 1].map(() => ada.account.visitor.events(`/api/v1/generations/${id}/events`, ada.account.token)),
    );
    expect((await ada.get('/credits/balance')).status).toBe(200);
    await Promise.all(streams);
  });
});

describe('a database whose every connection is in use', () => {
  it('does not keep the operator from the kill switch', async () => {
    const holder = new pg.Client({ connectionString: superuserUrl(service.home) });
    const people = await Promise.all(
      Array.from({ length: 6 }, async () => new Customer(await signUp(service))),
    );
    const toggle = (enabled: boolean) =>
      service.visitor().call('/ops/ai/toggle', { body: { enabled }, headers: operatorOf(service) });
    const pressing = new AbortController();
    const lanes: Promise<void>[] = [];
    try {
      await holder.connect();
      await holder.query('begin; select 1 from velro.users for update');
      const codes = new Set<unknown>();
      for (const person of people)
        for (let lane = 0; lane < concurrencyPolicy.perAccount; lane++)
          lanes.push(
            (async () => {
              while (!pressing.signal.aborted) codes.add((await person.create(order)).json.code);
            })(),
          );
      await until(() => codes.has('busy'), 'a pool whose connections are all in use');
      expect((await toggle(false)).json).toMatchObject({ ai_enabled: false, changed: true });
      expect((await toggle(true)).json).toMatchObject({ ai_enabled: true, changed: true });
      expect(codes).not.toContain(undefined);
    } finally {
      pressing.abort();
      await Promise.all(lanes);
      await holder.end();
    }
  });

  it('is busy, 429, as long as it answers, and unavailable, 503, once it does not', async () => {
    const holder = new pg.Client({ connectionString: superuserUrl(service.home) });
    try {
      const people = await Promise.all(
        Array.from({ length: 8 }, async () => new Customer(await signUp(service))),
      );
      await holder.connect();
      await holder.query('begin');
      await holder.query('select 1 from velro.users for update');
      const perPerson = Math.ceil((databaseLimits.poolSize * 6) / people.length);
      const answers = await Promise.all(
        people.flatMap((person) => Array.from({ length: perPerson }, () => person.create(order))),
      );
      const codes = new Set(answers.map(({ status, json }) => `${status} ${String(json.code)}`));
      // Those that hold a connection wait for the lock until their statement's time is over.
      expect([...codes].filter((code) => !['429 busy', '503 unavailable'].includes(code))).toEqual([]);
      expect(codes).toContain('429 busy');
    } finally {
      await holder.end();
    }
  });
});

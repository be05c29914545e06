import { setAiSwitch } from '../support/models/ai-switch.js';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import {
  AiCallsRepository,
  type Reservation,
} from '../../src/features/assistants/gateway/ai-calls.repository.js';
import { neverAsked } from '../../src/features/assistants/gateway/call-settlement.js';
import type { PostgresDatabase } from '../../src/adapters/postgres/postgres-database.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';

const day = 'D2026-11-27';
const reservationOf = (more: Partial<Reservation> = {}): Reservation => ({
  id: randomUUID(),
  purpose: 'chat',
  userId: randomUUID(),
  keyId: null,
  visitorId: null,
  agentId: null,
  provider: 'gemini',
  model: 'gemini-2.5-flash-lite',
  reserved: 10,
  credits: 0,
  consent: null,
  expiresMs: 60_000,
  sums: [{ scope: 'total:ai', period: day, cap: null }],
  ...more,
});

describe('calls of language models that come at once', () => {
  let stage: MigratedDatabase;
  let database: PostgresDatabase;
  let calls: AiCallsRepository;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    database = stage.connect();
  });
  afterAll(() => stage.stop());
  beforeEach(async () => {
    for (const table of ['ai_calls', 'usage_days', 'budget_sums'] as const)
      await database.query.deleteFrom(table).execute();
    await setAiSwitch(database.query, true);
    calls = new AiCallsRepository(database);
  });

  const sumOf = async (scope: string): Promise<[number, number]> => {
    const [row] = await database.query
      .selectFrom('budget_sums')
      .selectAll()
      .where('scope', '=', scope)
      .execute();
    return [Number(row?.reserved_microusd ?? 0), Number(row?.spent_microusd ?? 0)];
  };
  /** Transactions that reserved the calls and, where they are settled, settled them: each has its own time. */
  const transactions = async (): Promise<number> => {
    const { rows } = await sql<{ count: string }>`
      select count(distinct (created_at, settled_at)) from velro.ai_calls`.execute(database.query);
    return Number(rows[0]?.count);
  };

  it('are reserved in a tenth as many statements or fewer, and settled so, to the micro-dollar', async () => {
    const all = Array.from({ length: 500 }, () => reservationOf());
    expect(new Set(await Promise.all(all.map((call) => calls.reserve(call))))).toEqual(new Set([null]));
    expect(await sumOf('total:ai')).toEqual([5000, 0]);
    expect(await transactions()).toBeLessThanOrEqual(50);
    const result = { ...neverAsked, outcome: 'answered', cost: 7 };
    const settled = await Promise.all(all.map(({ id }) => calls.settle({ ...result, id })));
    expect(new Set(settled)).toEqual(new Set([true]));
    expect(await sumOf('total:ai')).toEqual([0, 3500]);
    expect(await transactions()).toBeLessThanOrEqual(50);
    const again = await Promise.all(all.map(({ id }) => calls.settle({ ...result, id })));
    expect([new Set(again), await sumOf('total:ai')]).toEqual([new Set([false]), [0, 3500]]);
  });

  it('hold what fits, the earlier ones first, and a refused one leaves nothing beside the others', async () => {
    const sums = [
      { scope: 'person:poor', period: day, cap: 25 },
      { scope: 'total:ai', period: day, cap: 1000 },
    ];
    const poor = () => calls.reserve(reservationOf({ sums }));
    const rich = () => calls.reserve(reservationOf());
    const answers = await Promise.all([rich(), poor(), rich(), poor(), poor(), rich(), poor()]);
    const refused = `person:poor ${day}`;
    expect(answers).toEqual([null, null, null, null, refused, null, refused]);
    expect([await sumOf('person:poor'), await sumOf('total:ai')]).toEqual([
      [20, 0],
      [50, 0],
    ]);
    const held = await database.query.selectFrom('ai_calls').select('id').execute();
    expect(held).toHaveLength(5);
  });

  it('are refused all where the switch is off, and nothing is written', async () => {
    await setAiSwitch(database.query, false);
    const answers = await Promise.all(Array.from({ length: 30 }, () => calls.reserve(reservationOf())));
    expect(new Set(answers)).toEqual(new Set(['ai_disabled']));
    for (const table of ['ai_calls', 'budget_sums'] as const)
      expect(await database.query.selectFrom(table).selectAll().execute()).toEqual([]);
  });

  it('of several instances with the same people in any order wait for each other in no circle', async () => {
    const instances = Array.from({ length: 4 }, () => new AiCallsRepository(stage.connect()));
    const people = Array.from({ length: 12 }, () => randomUUID());
    const reservations = Array.from({ length: 480 }, (_, at) => {
      const [one, other] = [people[at % 12], people[(at * 7 + (at % 4)) % 12]];
      return reservationOf({
        sums: [
          { scope: `key:${other}`, period: day, cap: null },
          { scope: `person:${one}`, period: day, cap: null },
          ...(at % 3 === 0 ? [{ scope: 'total:visitors', period: day, cap: null }] : []),
          { scope: 'total:ai', period: day, cap: null },
        ],
      });
    });
    const done = await Promise.all(
      reservations.map(async (reservation, at) => {
        const instance = instances[at % 4];
        const refusal = await instance?.reserve(reservation);
        const settled = await instances[(at + 1) % 4]?.settle({
          ...neverAsked,
          id: reservation.id,
          outcome: 'answered',
          cost: 3,
        });
        return `${refusal} ${settled}`;
      }),
    );
    expect(new Set(done)).toEqual(new Set(['null true']));
    expect([await sumOf('total:ai'), await sumOf('total:visitors')]).toEqual([
      [0, 1440],
      [0, 480],
    ]);
  });

  it.each([
    ['reserved', 'reserve'],
    ['settled', 'settle'],
  ] as const)('of which one cannot be %s are so but for that one', async (_, step) => {
    const all = Array.from({ length: 20 }, () => reservationOf());
    // Two statements: the first alone, and nineteen behind it.
    const odd = all[10];
    if (odd === undefined) throw new Error('no call');
    // What its sums never held cannot be given back; one that is there cannot be made again.
    if (step === 'reserve') await calls.reserve(odd);
    else {
      await Promise.all(all.map((call) => calls.reserve(call)));
      await sql`update velro.ai_calls set reserved_microusd = 1000000 where id = ${odd.id}`.execute(
        database.query,
      );
    }
    const result = { ...neverAsked, outcome: 'answered', cost: 7 };
    const made = await Promise.allSettled(
      all.map((call) =>
        step === 'reserve' ? calls.reserve(call) : calls.settle({ ...result, id: call.id }),
      ),
    );
    expect(made.map(({ status }) => status)).toEqual(
      all.map((call) => (call === odd ? 'rejected' : 'fulfilled')),
    );
  });
});

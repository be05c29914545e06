import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { operatorOf } from '../support/accounts/operator.js';
import { appUrl, ask } from '../support/database/database.js';
import { Customer, FalService, falEnvironment } from '../support/fal/fal-service.js';
import { faultRounds } from '../support/generations/fault-kills.js';
import { Service } from '../support/process/service.js';
import { generatedSecret, signingSecret } from '../support/tokens/forged-tokens.js';

const order = { model_id: 'fal-ai/flux-pro/v1.1-ultra', prompt: 'fog over a harbour' };
const turns = Math.min(40, faultRounds(4));
const lanes = 20;
const connections = 12;

describe('the kill switch under full load', () => {
  let stage: FalService;
  let second: Service;
  beforeAll(async () => {
    stage = await FalService.start();
    // Accepted orders stay queued: the load is on the acceptance alone.
    await stage.fal.queueHost.refuse();
    second = await Service.start({
      ...falEnvironment(stage.fal),
      DATABASE_URL: appUrl(stage.service.home),
      JWT_SECRET: signingSecret(stage.service.home),
      AUDIT_ENC_KEY: generatedSecret(stage.service.home, 'AUDIT_ENC_KEY'),
    });
  });
  afterAll(async () => {
    await second.stop();
    await stage.stop();
  });

  const toggle = (service: Service, enabled: boolean) =>
    service.visitor().call('/ops/ai/toggle', { body: { enabled }, headers: operatorOf(service) });
  const accepted = async (): Promise<number> => {
    const [row] = await ask<{ count: number }>(
      stage.service.home,
      'select count(*)::int as count from velro.generations',
    );
    return row?.count ?? -1;
  };

  /** Runs `work` in so many lanes until it is told to stop. */
  function press(count: number, work: (lane: number) => Promise<unknown>): () => Promise<void> {
    let pressing = true;
    const all = Promise.all(
      Array.from({ length: count }, async (_, lane) => {
        while (pressing) await work(lane);
      }),
    );
    return async () => {
      pressing = false;
      await all;
    };
  }

  it('is turned at the first try on two instances, and nothing is accepted once it has answered', async () => {
    const watcher = new Customer(await stage.signUp());
    const people = await Promise.all(Array.from({ length: 4 }, () => stage.signUp()));
    const statuses = new Set<number>();
    const stop = press(lanes, async (lane) => {
      const account = people[lane % people.length];
      if (account === undefined) return;
      const service = lane % 2 === 0 ? stage.service : second;
      const { status } = await service
        .visitor(account.visitor.address)
        .call('/api/v1/generations', { token: account.token, body: order });
      statuses.add(status);
    });
    try {
      for (let turn = 0; turn < turns; turn++) {
        const service = turn % 2 === 0 ? second : stage.service;
        expect((await toggle(service, false)).json).toMatchObject({ ai_enabled: false });
        const before = await accepted();
        const refused = await watcher.create(order);
        expect([refused.json.code, await accepted()]).toEqual(['ai_disabled', before]);
        expect((await toggle(service, true)).json).toMatchObject({ ai_enabled: true });
      }
    } finally {
      await stop();
    }
    expect(statuses).toContain(202);
    // 429: every connection waits behind the gate.
    expect([...statuses].filter((status) => ![202, 429, 503].includes(status))).toEqual([]);
  });

  it('does not wait for a stream of statements that pass its gate, or for a dump that runs', async () => {
    const clients = Array.from(
      { length: connections },
      () => new pg.Client({ connectionString: appUrl(stage.service.home) }),
    );
    const dump = new pg.Client({ connectionString: appUrl(stage.service.home) });
    await Promise.all([...clients, dump].map((client) => client.connect()));
    await dump.query('begin isolation level repeatable read');
    await dump.query('select * from velro.ai_switch, velro.ai_gate');
    let passed = 0;
    const stop = press(connections, async (lane) => {
      // Each holds the gate for a while, and the next one comes before it lets go.
      await clients[lane]?.query(
        'with gate as (select 1 from velro.ai_gate for share) select pg_sleep(0.02) where not exists (select from gate)',
      );
      passed++;
    });
    try {
      for (let turn = 0; turn < turns; turn++)
        for (const enabled of [false, true])
          expect((await toggle(stage.service, enabled)).json).toMatchObject({
            ai_enabled: enabled,
            changed: true,
          });
    } finally {
      await stop();
      await Promise.all([...clients, dump].map((client) => client.end()));
    }
    expect(passed).toBeGreaterThan(connections);
  });
});

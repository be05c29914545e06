import { setAiSwitch } from '../support/models/ai-switch.js';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { modelPrices } from '../../config/policy/assistants/models.js';
import type { AiCall, PictureSource } from '../../src/features/assistants/gateway/ai-call.js';
import { highestCostOf } from '../../src/features/assistants/gateway/call-price.js';
import { channels } from '../../src/ports/notifications.js';
import { MigratedDatabase } from '../support/database/migrated-database.js';
import { GatewayStage, question, read, type GatewayOptions } from '../support/models/gateway-stage.js';
import { ModelServer } from '../support/models/model-server.js';
import { until } from '../support/process/wait-until.js';

const megabyte = 1024 ** 2;
const image = { mediaType: 'image/png', bytes: new Uint8Array(8) };

describe('pictures of a call of a language model', () => {
  let stage: MigratedDatabase;
  let server: ModelServer;
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    server = await ModelServer.start();
  });
  afterAll(async () => {
    await server.stop();
    await stage.stop();
  });
  let loads: number;
  let one: GatewayStage;
  beforeEach(async () => {
    server.reset();
    loads = 0;
    one = open();
    for (const table of ['ai_calls', 'usage_days', 'budget_sums'] as const)
      await one.database.query.deleteFrom(table).execute();
    await setAiSwitch(one.database.query, true);
  });

  const open = (options: GatewayOptions = {}): GatewayStage =>
    new GatewayStage(stage.connect(), server, options);
  const person = (userId = randomUUID()): AiCall['payer'] => ({ kind: 'person', userId, key: null });
  const pictures = (more: Partial<PictureSource> = {}): PictureSource => ({
    count: 1,
    bytes: 4 * megabyte,
    load: () => {
      loads++;
      return Promise.resolve([image]);
    },
    ...more,
  });
  const ask = async (more: Partial<AiCall> = {}, on = one): Promise<string> =>
    read(await on.gateway.ask(question({ payer: person(), pictures: pictures(), ...more })));
  const outcomes = async (): Promise<(string | null)[]> => {
    await one.settlement.finish();
    const rows = await one.database.query.selectFrom('ai_calls').selectAll().execute();
    return rows.map(({ outcome, cost_microusd: cost }) => `${outcome} ${cost}`);
  };

  it('are read once the call is reserved, and sent with the latest question', async () => {
    expect(await ask()).toBe('The answer is 42.');
    expect(loads).toBe(1);
    expect(JSON.stringify(server.seen[0]?.body)).toContain(Buffer.from(image.bytes).toString('base64'));
  });

  it.each([
    ['the kill switch is off', { ai: { enabled: false } }, 'ai_disabled'],
    ['the budget does not hold it', { budgets: { aiPersonDaily: 0 } }, 'budget_exceeded'],
    ['a limit refuses it', { ai: { maxCallsPerMinuteOther: 10 } }, 'user_rate_limit'],
  ])('are not read where %s', async (_, options: GatewayOptions, reason) => {
    const other = open(options);
    // One call of ten is the least that a limit leaves to a person.
    const payer = person();
    if (reason === 'user_rate_limit') await ask({ payer, pictures: null }, other);
    expect(await ask({ payer }, other)).toBe(`fallback ${reason}`);
    expect(loads).toBe(0);
  });

  it('are held for the price that they can have', () => {
    const { request } = question();
    const price = { input: 1000, cached: 100, output: 2000 };
    const held = (count: number) => highestCostOf(price, request, count);
    expect(held(3) - held(0)).toBe(18_000);
    const mini = modelPrices.openai.get('gpt-4o-mini');
    if (mini === undefined) throw new Error('no price');
    // Eight tiles of 5,667 tokens and 2,833 for the picture.
    expect(highestCostOf(mini, request, 1)).toBeGreaterThanOrEqual((48_169 * 150) / 1000);
  });

  it('of one person are in memory for three megabytes four times, and of all for four such people', async () => {
    let held = 0;
    let most = 0;
    const counted = pictures({
      bytes: 12 * megabyte,
      load: () => {
        most = Math.max(most, ++held);
        return Promise.resolve([image]);
      },
    });
    server.betweenMs = 60_000;
    const aborting = new AbortController();
    const asking = (payer: AiCall['payer']) =>
      ask({ payer, pictures: counted, timeoutMs: 60_000, shape: 'stream', signal: aborting.signal });
    const ada = person();
    const all = [ada, ada, person(), person(), person(), person()].map(asking);
    await until(() => server.seen.length === 4, 'four calls');
    expect([held, most]).toEqual([4, 4]);
    aborting.abort(new Error('enough'));
    await Promise.all(all);
    // All of it is given back.
    server.betweenMs = 0;
    held = 0;
    const again = Array.from({ length: 4 }, () => ask({ pictures: counted, timeoutMs: 60_000 }));
    expect(await Promise.all(again)).toEqual(Array(4).fill('The answer is 42.'));
  });

  it('for which there is no room in the time of the call are not read, and nothing is charged', async () => {
    server.betweenMs = 60_000;
    const aborting = new AbortController();
    const payer = person();
    const large = pictures({ bytes: 12 * megabyte });
    const first = ask({
      payer,
      pictures: large,
      timeoutMs: 60_000,
      shape: 'stream',
      signal: aborting.signal,
    });
    await until(() => server.seen.length === 1, 'the first call');
    expect(await ask({ payer, timeoutMs: 50 })).toBe('fallback provider_unavailable');
    expect(loads).toBe(1);
    aborting.abort(new Error('enough'));
    await first;
    expect((await outcomes()).includes('provider_unavailable 0')).toBe(true);
  });

  it.each([
    ['fail', () => Promise.reject(new Error('the storage is away'))],
    ['hang', () => new Promise<never>(() => undefined)],
  ])('that %s ask nobody, charge nothing, and say so in time', async (how, load) => {
    const payer = person();
    expect(await ask({ payer, timeoutMs: 100, pictures: pictures({ load }) })).toBe('fallback ai_error');
    expect([server.seen.length, await outcomes()]).toEqual([0, ['ai_error 0']]);
    // What hangs is still in memory.
    const more = ask({ payer, timeoutMs: 100, pictures: pictures({ bytes: 12 * megabyte }) });
    expect(await more).toBe(how === 'fail' ? 'The answer is 42.' : 'fallback provider_unavailable');
  });

  it('that are read while the kill switch is turned off are not sent', async () => {
    const load = async (): Promise<readonly (typeof image)[]> => {
      await setAiSwitch(one.database.query, false);
      one.notifications.tell(channels.aiSwitch);
      return [image];
    };
    expect(await ask({ pictures: pictures({ load }) })).toBe('fallback ai_disabled');
    expect([server.seen.length, await outcomes()]).toEqual([0, ['ai_disabled 0']]);
  });
});

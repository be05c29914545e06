import { afterEach, describe, expect, it } from '@jest/globals';
import type { Config } from '../../config/config.js';
import { threatPolicy, type Signal } from '../../config/policy/perimeter/threats.js';
import { SystemRandom } from '../adapters/system/system.js';
import { Log } from '../observability/log.js';
import { SecurityEvents } from '../observability/security-events.js';
import { ThreatScores, type SharedScore } from '../ports/threat-scores.js';
import type { BlockList } from './block-list.js';
import type { Block } from './blocks.repository.js';
import { SharedThreats } from './shared-threats.js';
import { ThreatLevels } from './threat-levels.js';
import { ThreatWatch } from './threat-watch.js';
import { HandClock } from '../../test/support/clock/hand-clock.js';
import { until } from '../../test/support/process/wait-until.js';

/** The scores of all instances, which decay by the test's clock. */
class HandScores extends ThreatScores {
  private readonly held = new Map<string, SharedScore & { readonly at: number }>();
  published = 0;

  constructor(private readonly clock: HandClock) {
    super();
  }

  async add(evidence: readonly SharedScore[]): Promise<readonly SharedScore[]> {
    const at = this.clock.monotonic();
    const sums = evidence.map(({ subject, hard, soft, recent }) => {
      const before = this.held.get(subject);
      const left = 0.5 ** ((at - (before?.at ?? at)) / (threatPolicy.halfLifeSeconds * 1000));
      const sum = (column: 'hard' | 'soft', more: readonly number[]) =>
        more.map((points, kind) => (before?.[column][kind] ?? 0) * left + points);
      return {
        subject,
        hard: sum('hard', hard),
        soft: sum('soft', soft),
        recent: [...(before?.recent ?? []), ...recent],
        at,
      };
    });
    for (const sum of sums) this.held.set(sum.subject, sum);
    // The answer takes its way back.
    this.clock.time += 3;
    this.published += evidence.length;
    return Promise.resolve(sums);
  }

  announce(): Promise<void> {
    return Promise.resolve();
  }

  announced(): Promise<readonly SharedScore[]> {
    return Promise.resolve([]);
  }

  forget(): Promise<void> {
    return Promise.resolve();
  }
}

const address = '198.51.100.7';
const config = { threatResponses: 'enforce', proxy: { mode: 'none' } } as Config;
const running: SharedThreats[] = [];

/** One of the instances that share `scores`. */
function instance(clock: HandClock, scores: HandScores) {
  const events = new SecurityEvents(Log.silent());
  const told: string[] = [];
  const blocks: Block[] = [];
  const list: Pick<BlockList, 'add' | 'find'> = {
    find: () => blocks.find(({ expiresAt }) => expiresAt.getTime() > clock.now()) ?? null,
    add: (block) => {
      blocks.push(block);
    },
  };
  const levels = new ThreatLevels(config, clock);
  const shared = new SharedThreats(scores, levels, Log.silent());
  running.push(shared);
  new ThreatWatch(
    config,
    events,
    levels,
    list as BlockList,
    clock,
    new SystemRandom(),
    shared,
  ).onModuleInit();
  events.listen(({ text }) => {
    if (text.startsWith('THREAT')) told.push(text);
  });
  return {
    told,
    blocks,
    level: () => levels.levelOf({ kind: 'address', address }),
    /** Sees the signal so often within one millisecond; resolves when the answer of the store has been taken over. */
    async sees(signal: Signal, times = 1): Promise<void> {
      const before = scores.published;
      for (let time = 0; time < times; time++)
        events.record({
          event: 'authz_fail',
          level: 'LOW',
          text: 'EVIDENCE',
          signal,
          sourceIp: address,
          response: 'refused',
        });
      await until(() => scores.published > before, 'the publication');
      await new Promise(setImmediate);
    },
  };
}

describe('a level that rose', () => {
  afterEach(async () => {
    for (const shared of running.splice(0)) await shared.onModuleDestroy();
  });

  const clock = () => new HandClock();
  const half = threatPolicy.halfLifeSeconds * 1000;
  const rises = (told: readonly string[]) => told.map((text) => text.split(' ').slice(0, 2).join(' '));

  it('is one event where its points are its threshold and decay below it at once', async () => {
    const time = clock();
    const { told, level, sees } = instance(time, new HandScores(time));
    // Two of 15 points are the 30 of HIGH, until a millisecond has passed.
    await sees('honeypot', 2);
    time.time += 5;
    expect(level()).toBe('MEDIUM');
    expect(rises(told)).toEqual(['THREAT MEDIUM', 'THREAT HIGH']);
    await sees('honeypot');
    expect(level()).toBe('HIGH');
    expect(rises(told)).toEqual(['THREAT MEDIUM', 'THREAT HIGH']);
  });

  it('is one event while evidence comes as quickly as it decays', async () => {
    const time = clock();
    const { told, sees } = instance(time, new HandScores(time));
    await sees('honeypot', 2);
    for (let round = 0; round < 12; round++) {
      time.time += 30_000;
      await sees('token_accident');
    }
    expect(rises(told)).toEqual(['THREAT MEDIUM', 'THREAT HIGH']);
  });

  it('is an event again after the points have fallen well below its threshold', async () => {
    const time = clock();
    const { told, level, sees } = instance(time, new HandScores(time));
    await sees('honeypot', 2);
    time.time += half;
    expect(level()).toBe('MEDIUM');
    await sees('honeypot', 2);
    expect(rises(told)).toEqual(['THREAT MEDIUM', 'THREAT HIGH', 'THREAT HIGH']);
    time.time += 4 * half;
    expect(level()).toBe('LOW');
    await sees('honeypot', 2);
    expect(rises(told).slice(3)).toEqual(['THREAT MEDIUM', 'THREAT HIGH']);
  });

  it('is one event where the instances reach it together', async () => {
    const time = clock();
    const scores = new HandScores(time);
    const [one, other] = [instance(time, scores), instance(time, scores)];
    await one.sees('honeypot');
    await other.sees('honeypot');
    await one.sees('token_accident');
    await one.sees('token_accident');
    expect(rises(one.told)).toEqual(['THREAT MEDIUM', 'THREAT HIGH']);
  });

  it('blocks again where the instances reach it together just below it, after the block has ended', async () => {
    const time = clock();
    const scores = new HandScores(time);
    const [one, other] = [instance(time, scores), instance(time, scores)];
    await one.sees('token_forged', 3);
    expect([one.level(), one.blocks.length]).toEqual(['CRITICAL', 1]);
    time.time += half / 10;
    for (const block of one.blocks) Object.assign(block, { expiresAt: new Date(time.time) });
    await other.sees('token_accident');
    expect([one.level(), one.blocks.length]).toEqual(['HIGH', 1]);
    // 58.8 points of before, and one of each: neither sees 60 alone.
    await one.sees('token_accident');
    expect([one.level(), one.blocks.length]).toEqual(['CRITICAL', 2]);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Config, TrustedProxy } from '../../config/config.js';
import { Log } from '../observability/log.js';
import { SecurityEvents, type SecurityEvent } from '../observability/security-events.js';
import { SystemRandom } from '../adapters/system/system.js';
import type { BlockList } from './block-list.js';
import type { Block } from './blocks.repository.js';
import type { SharedThreats } from './shared-threats.js';
import { ThreatLevels } from './threat-levels.js';
import { ThreatWatch } from './threat-watch.js';
import { HandClock } from '../../test/support/clock/hand-clock.js';

/** One instance, whose evidence nobody else adds to. */
const nobody: Pick<SharedThreats, 'add' | 'listen'> = { add: () => undefined, listen: () => undefined };
const alone = nobody as SharedThreats;

/** What is done about three forged tokens from an address. */
function after(
  proxy: TrustedProxy,
  sourceIp: string,
  userId?: string,
): { blocks: Block[]; heard: SecurityEvent[] } {
  const config = { threatResponses: 'enforce', proxy } as Config;
  const events = new SecurityEvents(Log.silent());
  const [blocks, heard]: [Block[], SecurityEvent[]] = [[], []];
  const list: Pick<BlockList, 'add' | 'find'> = {
    find: () => blocks.at(-1) ?? null,
    add: (block) => {
      blocks.push(block);
    },
  };
  const clock = new HandClock();
  const levels = new ThreatLevels(config, clock);
  new ThreatWatch(config, events, levels, list as BlockList, clock, new SystemRandom(), alone).onModuleInit();
  events.listen((event) => heard.push(event));
  for (let hit = 0; hit < 3; hit++)
    events.record({
      event: 'authz_fail',
      level: 'HIGH',
      text: 'AUTH-MIDDLEWARE VIOLATION signature',
      signal: 'token_forged',
      sourceIp,
      ...(userId === undefined ? {} : { userId }),
      response: 'refused',
    });
  return { blocks, heard: heard.filter(({ text }) => text.startsWith('THREAT CRITICAL')) };
}

describe('the threat watch', () => {
  const railway: TrustedProxy = { mode: 'railway', peers: ['100.64.0.0/10'] };

  it('blocks the address that sends forged tokens, by its /64 for IPv6', () => {
    expect(after(railway, '198.51.100.7').blocks.map(({ address }) => address)).toEqual(['198.51.100.7']);
    expect(after(railway, '2001:db8:1:2:3:4:5:6').blocks.map(({ address }) => address)).toEqual([
      '2001:db8:1:2::/64',
    ]);
  });

  it.each([
    [railway, '100.64.0.9'],
    [{ mode: 'cidr', trusted: ['10.0.0.0/8'] }, '10.1.2.3'],
  ] as const)(
    'never blocks a trusted proxy (%j, %s): limits get stricter, and an event is recorded',
    (proxy, ip) => {
      const { blocks, heard } = after(proxy, ip);
      expect(blocks).toEqual([]);
      expect(heard.map(({ response }) => response)).toEqual(['stricter_limits']);
    },
  );

  it('does not attribute a forged token to the user whose id it contains', () => {
    expect(after(railway, '198.51.100.7', 'somebody').blocks.map(({ userId }) => userId)).toEqual([null]);
  });

  it('keeps a level as long as time passes, whatever somebody sets the clock to', () => {
    const clock = new HandClock();
    const levels = new ThreatLevels({ threatResponses: 'enforce', proxy: railway } as Config, clock);
    const subject = { kind: 'address', address: '198.51.100.7' } as const;
    for (let hit = 0; hit < 3; hit++) levels.add('token_forged', subject.address, undefined);
    const before = levels.levelOf(subject);
    expect(before).not.toBe('LOW');
    for (const ms of [24 * 3_600_000, -48 * 3_600_000]) {
      clock.jump(ms);
      expect(levels.levelOf(subject)).toBe(before);
    }
    clock.time += 24 * 3_600_000;
    expect(levels.levelOf(subject)).toBe('LOW');
  });

  it('blocks an address again, with one more event, when it continues after a block has ended', () => {
    const config = { threatResponses: 'enforce', proxy: railway } as Config;
    const events = new SecurityEvents(Log.silent());
    const clock = new HandClock();
    const blocks: Block[] = [];
    const list: Pick<BlockList, 'add' | 'find'> = {
      add: (block) => {
        blocks.push(block);
      },
      find: () => blocks.find(({ expiresAt }) => expiresAt.getTime() > clock.now()) ?? null,
    };
    const levels = new ThreatLevels(config, clock);
    new ThreatWatch(
      config,
      events,
      levels,
      list as BlockList,
      clock,
      new SystemRandom(),
      alone,
    ).onModuleInit();
    for (let tick = 0; tick < 6 * 360; tick++) {
      clock.time += 10_000;
      events.record({
        event: 'malicious_extraneous',
        level: 'MEDIUM',
        text: 'PROBE honeypot',
        signal: 'honeypot',
        sourceIp: '198.51.100.7',
        response: 'not_found',
      });
    }
    // Six hours in blocks of one.
    expect(blocks.length).toBeGreaterThanOrEqual(6);
    expect(blocks.length).toBeLessThanOrEqual(7);
  });
});

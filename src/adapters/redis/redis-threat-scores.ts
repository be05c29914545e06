import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { attacks, sharedScorePolicy, threatPolicy } from '../../../config/policy/perimeter/threats.js';
import type { Secret } from '../../../config/values/secret.js';
import { ThreatScores, type SharedScore } from '../../ports/threat-scores.js';
import { connectionOptions } from './connection-options.js';
import { redisClient } from './redis-client.js';

const { halfLifeSeconds, maxScore, explainedBy } = threatPolicy;
const { announcedSeconds, lifetimeSeconds, answerWithinMs } = sharedScorePolicy;

/*
 * A hash per subject: the time of the last change in milliseconds of the server's clock, the points of hard and then of soft
 * evidence, and the latest signals. KEYS: the subject. ARGV: the points to add, the signals to add. Returns points and signals.
 */
const addScript = `
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local held = redis.call('HMGET', KEYS[1], 'at', 'points', 'recent')
local left = held[1] and 0.5 ^ (math.max(0, now - held[1]) / ${halfLifeSeconds * 1000}) or 0
local sums, recent, at = {}, {}, 0
local function each(text, act) for part in string.gmatch(text or '', '[^,]+') do act(part) end end
each(held[2], function(points) at = at + 1 sums[at] = points * left end)
at = 0
each(ARGV[1], function(points)
  at = at + 1
  sums[at] = string.format('%.6f', math.min(${maxScore}, (sums[at] or 0) + points))
end)
each(held[3], function(signal) table.insert(recent, signal) end)
each(ARGV[2], function(signal) table.insert(recent, signal) end)
while #recent > ${explainedBy} do table.remove(recent, 1) end
local points, names = table.concat(sums, ','), table.concat(recent, ',')
redis.call('HSET', KEYS[1], 'at', string.format('%.0f', math.max(now, held[1] or 0)), 'points', points, 'recent', names)
redis.call('PEXPIRE', KEYS[1], ${lifetimeSeconds * 1000})
return {points, names}
`;
/** Subjects whose level rose, by time in milliseconds. They are kept for seconds. */
const announcedKey = 'velro:threat:announced';
const none = attacks.flatMap(() => [0, 0]).join(',');

/** Threat scores in Redis: one script a subject, by the server's clock. Rejects at once without a connection. */
export class RedisThreatScores extends ThreatScores {
  private readonly redis: Redis;

  constructor(url: Secret, onTrouble: (error: unknown) => void) {
    super();
    this.redis = redisClient({ ...connectionOptions(url), commandTimeout: answerWithinMs });
    this.redis.on('error', onTrouble);
  }

  open(): void {
    this.redis.connect().catch(() => undefined);
  }

  close(): void {
    this.redis.disconnect();
  }

  add(evidence: readonly SharedScore[]): Promise<readonly SharedScore[]> {
    return Promise.all(
      evidence.map(({ subject, hard, soft, recent }) =>
        this.run(subject, [...hard, ...soft].join(','), recent.join(',')),
      ),
    );
  }

  async announce(subjects: readonly string[]): Promise<void> {
    const now = Date.now();
    await this.redis.zadd(announcedKey, ...subjects.flatMap((subject) => [String(now), subject]));
    await this.redis.zremrangebyscore(announcedKey, '-inf', now - announcedSeconds * 1000);
    await this.redis.expire(announcedKey, announcedSeconds);
  }

  async announced(): Promise<readonly SharedScore[]> {
    const subjects = await this.redis.zrevrange(announcedKey, 0, sharedScorePolicy.announced - 1);
    return Promise.all(subjects.map((subject) => this.run(subject, none, '')));
  }

  async forget(subjects: readonly string[]): Promise<void> {
    await Promise.all(subjects.map((subject) => this.redis.del(keyOf(subject))));
    await this.redis.zrem(announcedKey, ...subjects);
  }

  private async run(subject: string, points: string, recent: string): Promise<SharedScore> {
    const answer = await this.redis.eval(addScript, 1, keyOf(subject), points, recent);
    if (!Array.isArray(answer)) throw new Error('Redis answered something else than a score');
    const numbers = String(answer[0]).split(',').map(Number);
    return {
      subject,
      hard: numbers.slice(0, attacks.length),
      soft: numbers.slice(attacks.length),
      recent: answer[1] === '' ? [] : String(answer[1]).split(','),
    };
  }
}

/** The name reveals no address or account. */
const keyOf = (subject: string): string =>
  `velro:threat:{${createHash('sha256').update(subject).digest('base64url')}}`;

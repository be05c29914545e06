import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isBusy } from '../support/http/insist.js';
import { ask } from '../support/database/database.js';
import { Visitor } from '../support/http/http.js';
import { faultRounds } from '../support/generations/fault-kills.js';
import { Service, signUp } from '../support/process/service.js';

const rounds = faultRounds(40);
const kills = Math.max(1, Math.round(rounds / 80));

describe('refreshes under parallel use and kill -9', () => {
  let service: Service;
  const env = { RATE_LIMIT_AUTH_REFRESH: '1000000/hour' };
  beforeAll(async () => {
    service = await Service.start(env);
  });
  afterAll(async () => {
    await service.discard();
  });

  it(`lose no session and split no family in ${rounds} rounds of 2 to 20 at a time, ${kills} of them cut off by a kill`, async () => {
    const account = await signUp(service);
    let token = account.refreshToken;
    let answered = 0;
    const killRounds = new Set(
      Array.from({ length: kills }, (_, at) => Math.floor(((at + 0.5) * rounds) / kills)),
    );
    for (let round = 0; round < rounds; round++) {
      const width = 2 + ((round * 7) % 19);
      const visitor = new Visitor(service.url, account.visitor.address);
      const calls = Array.from({ length: width }, () =>
        visitor.call('/api/v1/auth/refresh', { body: { refresh_token: token } }).catch(() => null),
      );
      if (killRounds.has(round)) {
        await new Promise((resolve) => setTimeout(resolve, (round * 13) % 25));
        await service.kill();
      }
      const answers = (await Promise.all(calls))
        .filter((answer) => answer !== null)
        .filter((answer) => !isBusy(answer));
      expect(answers.filter((answer) => answer.status !== 200).map((answer) => answer.text)).toEqual([]);
      const successors = new Set(answers.map((answer) => answer.json.refresh_token as string));
      expect(successors.size).toBeLessThanOrEqual(1);
      answered += answers.length;
      // An answer that was lost is asked for again with the same token in the next round.
      token = [...successors][0] ?? token;
      if (killRounds.has(round)) service = await Service.start(env, service.home);
    }
    // However busy the machine: in most rounds several were answered.
    expect(answered).toBeGreaterThan(rounds * 3);
    // One living session, and a single line of tokens in it: all but the last exchanged, none exchanged twice.
    const [row] = await ask<{ sessions: string; tokens: string; fresh: string; parents: string }>(
      service.home,
      `select (select count(*) from velro.sessions where ended_at is null) sessions, count(*) tokens,
              count(*) filter (where used_at is null) fresh, count(distinct successor_hash) parents from velro.refresh_tokens`,
    );
    expect(row).toMatchObject({ sessions: '1', fresh: '1' });
    expect(Number(row?.parents)).toBe(Number(row?.tokens) - 1);
  }, 900_000);
});

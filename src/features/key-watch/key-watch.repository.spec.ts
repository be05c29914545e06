import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { keyWatchPolicy } from '../../../config/policy/operations/key-watch.js';
import type { WatchedKey } from '../../../config/secrets/watched-key.js';
import { Secret } from '../../../config/values/secret.js';
import { HandClock } from '../../../test/support/clock/hand-clock.js';
import { MigratedDatabase } from '../../../test/support/database/migrated-database.js';
import { NoPage } from '../../adapters/meta/no-page.js';
import { SystemClock } from '../../adapters/system/system.js';
import { Log } from '../../observability/log.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { KeyFingerprints } from './key-fingerprints.js';
import { KeyWatch } from './key-watch.service.js';
import { KeyWatchTask } from './key-watch.task.js';
import { KeyWatchRepository } from './key-watch.repository.js';

const newSecret = (): Secret => new Secret(randomBytes(32).toString('base64'));

describe('the keys in use', () => {
  let stage: MigratedDatabase;
  let instances: KeyWatchRepository[] = [];
  beforeAll(async () => {
    stage = await MigratedDatabase.start();
    instances = Array.from({ length: 4 }, () => new KeyWatchRepository(stage.connect()));
  });
  afterAll(() => stage.stop());
  beforeEach(async () => {
    await stage.asOwner('truncate velro.key_fingerprints, velro.key_alarms');
    await stage.asOwner('update velro.page_watch set due_at = now()');
  });

  const pseudonymKey = { current: newSecret(), previous: null as Secret | null };
  const start = async (
    keys: Readonly<Record<string, Secret>>,
    by = pseudonymKey,
    instance = 0,
  ): Promise<string[]> => {
    const watchedKeys = Object.entries(keys).map(([name, secret]): WatchedKey => ({ name, secret }));
    const fingerprints = new KeyFingerprints({ pseudonymKey: by, watchedKeys }).all();
    const met = (await instances[instance]?.meet(fingerprints)) ?? [];
    expect(met.map(({ name }) => name)).toEqual(Object.keys(keys).sort());
    return met.filter(({ isRotated }) => isRotated).map(({ name }) => name);
  };
  const age = (interval: string) =>
    stage.asOwner(
      `update velro.key_fingerprints set first_seen_at = first_seen_at - interval '${interval}', last_seen_at = last_seen_at - interval '${interval}'`,
    );

  it('are no rotation at the first start, nor at the next with the same', async () => {
    const keys = { JWT_SECRET: newSecret(), FAL_KEY: newSecret() };
    expect(await start(keys)).toEqual([]);
    expect(await start(keys)).toEqual([]);
  });

  it('are a rotation where one is another, once, whichever instance starts with it', async () => {
    const [jwt, fal] = [newSecret(), newSecret()];
    await start({ JWT_SECRET: jwt, FAL_KEY: fal });
    for (let round = 0; round < 10; round++) {
      const next = { JWT_SECRET: newSecret(), FAL_KEY: fal };
      const found = await Promise.all([0, 1, 2, 3].map((instance) => start(next, pseudonymKey, instance)));
      expect(found.flat()).toEqual(['JWT_SECRET']);
    }
  });

  it('are none while instances with the earlier one still start, and one when it comes back later', async () => {
    const [old, fresh] = [newSecret(), newSecret()];
    await start({ FAL_KEY: old });
    expect(await start({ FAL_KEY: fresh })).toEqual(['FAL_KEY']);
    expect(await start({ FAL_KEY: old })).toEqual([]);
    expect(await start({ FAL_KEY: fresh })).toEqual([]);
    await age('2 hours');
    await start({ FAL_KEY: fresh });
    expect(await start({ FAL_KEY: old })).toEqual(['FAL_KEY']);
  });

  it('are rotated once in a roll-out of hours, in which instances with both say again and again what they use', async () => {
    const [old, fresh] = [newSecret(), newSecret()];
    await start({ FAL_KEY: old });
    await age('15 minutes');
    const found = [...(await start({ FAL_KEY: fresh }))];
    for (let quarter = 0; quarter < 12; quarter++) {
      await age('16 minutes');
      found.push(...(await start({ FAL_KEY: old })), ...(await start({ FAL_KEY: fresh })));
    }
    expect(found).toEqual(['FAL_KEY']);
  });

  it('keep their age when PSEUDONYM_KEY is rotated, whose own rotation is one', async () => {
    const fal = newSecret();
    const [first, second] = [newSecret(), newSecret()];
    await start({ FAL_KEY: fal, PSEUDONYM_KEY: first }, { current: first, previous: null });
    await age('100 days');
    expect(
      await start({ FAL_KEY: fal, PSEUDONYM_KEY: second }, { current: second, previous: first }),
    ).toEqual(['PSEUDONYM_KEY']);
    const { rows } = await sql<{ name: string; days: number }>`
      select name, extract(day from now() - first_seen_at)::int as days from velro.key_fingerprints order by name, days desc`.execute(
      stage.connect().query,
    );
    expect(rows).toEqual([
      { name: 'FAL_KEY', days: 100 },
      { name: 'PSEUDONYM_KEY', days: 100 },
      { name: 'PSEUDONYM_KEY', days: 0 },
    ]);
  });

  it('cannot be compared without the earlier PSEUDONYM_KEY, which is said of that key alone', async () => {
    const fal = newSecret();
    const [first, second] = [newSecret(), newSecret()];
    await start({ FAL_KEY: fal, PSEUDONYM_KEY: first }, { current: first, previous: null });
    expect(await start({ FAL_KEY: fal, PSEUDONYM_KEY: second }, { current: second, previous: null })).toEqual(
      ['PSEUDONYM_KEY'],
    );
  });

  it('have fingerprints by which nobody without PSEUDONYM_KEY can try a password out', () => {
    const watchedKeys: WatchedKey[] = [{ name: 'ADMIN_PASS', secret: newSecret() }];
    const under = (current: Secret) =>
      new KeyFingerprints({ pseudonymKey: { current, previous: null }, watchedKeys }).all()[0]?.fingerprint;
    const [one, other] = [newSecret(), newSecret()];
    expect(under(one)).toEqual(under(one));
    expect(under(one)).not.toEqual(under(other));
  });

  it('are told of once at each level', async () => {
    const [repository] = instances;
    const raise = async (level: 'ok' | 'notice' | 'warning') => {
      const levels = [{ name: 'FAL_KEY', level }];
      const told = await repository?.untold(levels);
      // Until it is noted it is told again.
      expect(await repository?.untold(levels)).toEqual(told);
      await repository?.noteTold(levels);
      return told;
    };
    expect(await raise('notice')).toEqual(['FAL_KEY']);
    expect(await raise('notice')).toEqual([]);
    expect(await raise('warning')).toEqual(['FAL_KEY']);
    expect(await raise('ok')).toEqual(['FAL_KEY']);
    expect(await raise('notice')).toEqual(['FAL_KEY']);
  });

  it('of a page that is replaced is judged anew, at once; another key, or the same token, changes nothing', async () => {
    const [repository] = instances;
    const [token, fal] = [newSecret(), newSecret()];
    await start({ FACEBOOK_PAGE_ACCESS_TOKEN: token, FAL_KEY: fal });
    await stage.asOwner(`update velro.page_watch set due_at = now() + interval '1 hour', token_valid = false,
      token_expires_at = now(), data_access_expires_at = now(), subscribed = true`);
    await start({ FACEBOOK_PAGE_ACCESS_TOKEN: token, FAL_KEY: newSecret() });
    expect([(await repository?.page())?.isTokenValid, await repository?.claimPage()]).toEqual([false, false]);
    await start({ FACEBOOK_PAGE_ACCESS_TOKEN: newSecret(), FAL_KEY: fal });
    expect(await repository?.page()).toMatchObject({
      ...{ isTokenValid: null, tokenExpiresAt: null, dataAccessExpiresAt: null, isSubscribed: true },
    });
    expect(await repository?.claimPage()).toBe(true);
  });

  it('that are rotated are told of before that is noted', async () => {
    const [first, second] = [newSecret(), newSecret()];
    await start({ FAL_KEY: first });
    const meet = (tell: (name: string) => void) =>
      instances[0]?.meet(
        new KeyFingerprints({ pseudonymKey, watchedKeys: [{ name: 'FAL_KEY', secret: second }] }).all(),
        tell,
      );
    const killed = meet(() => {
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    const told: string[] = [];
    await meet((name) => told.push(name));
    await meet((name) => told.push(name));
    expect(told).toEqual(['FAL_KEY']);
  });

  it('that are due are told of again where a kill came before that was noted', async () => {
    const database = stage.connect();
    const repository = new KeyWatchRepository(database);
    const watchedKeys: WatchedKey[] = [{ name: 'FAL_KEY', secret: newSecret() }];
    const [events, told, clock] = [new SecurityEvents(Log.silent()), [] as unknown[], new SystemClock()];
    events.listen(({ text, details }) => told.push(`${text} ${String(details?.['key'])}`));
    const fingerprints = new KeyFingerprints({ pseudonymKey, watchedKeys });
    await repository.meet(fingerprints.all());
    await stage.asOwner("update velro.key_fingerprints set first_seen_at = now() - interval '91 days'");
    const watch = new KeyWatch({ messenger: null, watchedKeys }, fingerprints, repository, events, clock);
    const turns = new HandClock();
    const task = new KeyWatchTask(
      { messenger: null },
      watch,
      repository,
      new NoPage(),
      events,
      Log.silent(),
      turns,
    );
    const noteTold = repository.noteTold.bind(repository);
    const run = async (): Promise<void> => {
      await stage.asOwner('update velro.page_watch set due_at = now()');
      turns.time += keyWatchPolicy.withoutPageLookEveryMs;
      await task.run(new AbortController().signal);
    };
    repository.noteTold = () => Promise.reject(new Error('killed'));
    await expect(run()).rejects.toThrow('killed');
    repository.noteTold = noteTold;
    for (let times = 0; times < 3; times++) await run();
    expect(told).toEqual(['KEYS key is to be replaced FAL_KEY', 'KEYS key is to be replaced FAL_KEY']);
  });

  it('have Meta asked about their page by one instance at a time', async () => {
    const claims = await Promise.all(instances.map((one) => one.claimPage()));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });
});

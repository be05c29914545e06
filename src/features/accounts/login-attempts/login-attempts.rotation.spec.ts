import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import {
  config,
  LoginAttemptsStage,
  withDevice,
} from '../../../../test/support/accounts/login-attempts-stage.js';
import type { Config } from '../../../../config/config.js';
import { Secret } from '../../../../config/values/secret.js';
import { SystemRandom } from '../../../adapters/system/system.js';
import type { Problem } from '../../../errors/problem.js';
import { AccountKey } from './account-key.js';
import type { LoginAttemptsService } from './login-attempts.service.js';

type Keys = Pick<Config, 'pseudonymKey'>;
const never = new AbortController().signal;

describe('login attempts, in a rotation of PSEUDONYM_KEY', () => {
  const stage = new LoginAttemptsStage();
  const { current: earlier } = config.pseudonymKey;
  const present = new Secret(new SystemRandom().bytes(32).toString('base64'));
  const rotating: Keys = { pseudonymKey: { current: present, previous: earlier } };
  const rotated: Keys = { pseudonymKey: { current: present, previous: null } };
  let [before, during, after]: LoginAttemptsService[] = [];
  const on = (service: LoginAttemptsService | undefined): LoginAttemptsService => {
    if (service === undefined) throw new Error('not started');
    return service;
  };
  beforeAll(async () => {
    await stage.open();
    before = stage.guesses;
    during = stage.startWith(rotating);
    after = stage.startWith(rotated);
  });
  afterAll(() => stage.close());

  /** Fails as often as it may, and says how often that was. */
  const failures = async (service: LoginAttemptsService, email: string, atMost = 110): Promise<number> => {
    for (let count = 0; count < atMost; count++)
      try {
        await service.fail(await service.reserve(email, withDevice(null)));
      } catch (error) {
        expect((error as Problem).code).toBe('account_guesses_exceeded');
        return count;
      }
    return atMost;
  };
  const signIn = async (
    service: LoginAttemptsService,
    { id, email }: { readonly id: string; readonly email: string },
    token: string | null = null,
  ): Promise<string> => {
    const reservation = await service.reserve(email, withDevice(token));
    return stage.database.transaction((tx) => service.succeed(tx, reservation, id));
  };
  const rowsOf = async (): Promise<{ key_id: string | null; count: number }[]> =>
    (
      await sql<{ key_id: string | null; count: number }>`
        select key_id, count(*)::int as count from velro.account_guesses group by 1`.execute(
        stage.database.query,
      )
    ).rows;

  it.each([
    [99, 1],
    [40, 60],
    [100, 0],
  ])('that failed %i times by the earlier key may fail %i times more', async (failed, left) => {
    const email = stage.stranger();
    expect(await failures(on(before), email, failed)).toBe(failed);
    expect(await failures(on(during), email)).toBe(left);
  });

  it('are forgotten under both keys by a success, and by a completed reset', async () => {
    const user = await stage.person();
    await failures(on(before), user.email, 60);
    await failures(on(during), user.email, 20);
    await signIn(on(during), user);
    expect(await failures(on(during), user.email)).toBe(100);
    await stage.database.transaction((tx) => on(during).reset(tx, user.email));
    expect(await failures(on(before), user.email, 100)).toBe(100);
    await stage.database.transaction((tx) => on(during).reset(tx, user.email));
    expect(await failures(on(during), user.email)).toBe(100);
  });

  it('of a device that the earlier key knows are those of a known one, which gets a token by the present key', async () => {
    const user = await stage.person();
    const old = await signIn(on(before), user);
    await failures(on(during), user.email);
    expect(await on(during).isKnownDevice(old, user.email)).toBe(true);
    const fresh = await signIn(on(during), user, old);
    expect(fresh).not.toBe(old);
    expect([
      await on(after).isKnownDevice(fresh, user.email),
      await on(after).isKnownDevice(old, user.email),
    ]).toEqual([true, false]);
    // Its answer may have been lost: the earlier token goes on as long as its key does.
    expect(await on(during).isKnownDevice(old, user.email)).toBe(true);
    expect(await signIn(on(during), user, fresh)).toBe(fresh);
  });

  it('have the device of one account not taken for that of another', async () => {
    const [ada, eve] = [await stage.person(), await stage.person()];
    const token = await signIn(on(before), ada);
    expect(await on(during).isKnownDevice(token, eve.email)).toBe(false);
  });

  it('are kept by the key that counted them, and those of a key that is gone are removed once they are old', async () => {
    await sql`delete from velro.account_guesses`.execute(stage.database.query);
    const user = await stage.person();
    await failures(on(before), user.email, 3);
    // As one that ran before keys were named.
    await sql`update velro.account_guesses set key_id = null`.execute(stage.database.query);
    const [old, now] = [new AccountKey(config).id, new AccountKey(rotating).id];
    await stage.purgeWith(rotating).run(never);
    expect((await rowsOf()).map(({ key_id }) => key_id).sort()).toEqual([old, now].sort());
    await stage.purgeWith(rotated).run(never);
    expect((await rowsOf()).map(({ key_id }) => key_id).sort()).toEqual([old, now].sort());
    await sql`update velro.account_guesses set attempted_at = now() - interval '31 days'`.execute(
      stage.database.query,
    );
    await stage.purgeWith(rotated).run(never);
    expect((await rowsOf()).map(({ key_id }) => key_id)).toEqual([now]);
    expect(await failures(on(after), user.email)).toBe(100);
  });
});

import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { LoginAttemptsStage, withDevice } from '../../../../test/support/accounts/login-attempts-stage.js';

describe('devices that have signed in, in PostgreSQL', () => {
  const stage = new LoginAttemptsStage();
  const { person, signIn, tries, settle, exhaust, left, row } = stage;
  beforeAll(stage.open);
  afterAll(stage.close);

  it('accepts a known device while the limit of unknown devices is reached, and resets that limit by its success', async () => {
    const user = await person();
    const token = await signIn(user);
    await exhaust(user.email);
    await expect(stage.guesses.reserve(user.email, withDevice(null))).rejects.toMatchObject({
      code: 'account_guesses_exceeded',
    });
    const reservation = await stage.guesses.reserve(user.email, withDevice(token));
    expect(reservation).toMatchObject({ knownDevice: true, userId: user.id });
    await expect(
      stage.database.transaction((tx) => stage.guesses.succeed(tx, reservation, user.id)),
    ).resolves.toBe(token);
    expect(await left(user.email)).toBe(100);
  });

  it('grants a known device exactly 10 of 30 parallel attempts, and tells when to retry', async () => {
    const user = await person();
    const token = await signIn(user);
    await exhaust(user.email);
    const { granted, refused } = await tries(user.email, token, 30);
    expect(granted).toHaveLength(10);
    expect(granted.every(({ knownDevice }) => knownDevice)).toBe(true);
    for (const { code, parts } of refused) {
      expect(code).toBe('account_guesses_exceeded');
      expect(Number(parts.headers?.['retry-after'])).toBeGreaterThan(3590);
      expect(Number(parts.headers?.['retry-after'])).toBeLessThanOrEqual(3600);
    }
    await settle(granted.slice(0, 3), 'giveBack');
    await settle(granted.slice(3), 'fail');
    expect(await left(user.email, token)).toBe(3);
    expect(await row(user.email)).toMatchObject({ failures: 100 });
  });

  it('lets the window of a device slide', async () => {
    const user = await person();
    const token = await signIn(user);
    await tries(user.email, token, 10);
    await sql`update velro.devices set failed_at[1] = now() - interval '59 minutes 50 seconds',
      failed_at[2] = now() - interval '61 minutes' where user_id = ${user.id}`.execute(stage.database.query);
    const { granted, refused } = await tries(user.email, token, 5);
    expect(granted).toHaveLength(1);
    expect(Number(refused[0]?.parts.headers?.['retry-after'])).toBeLessThanOrEqual(10);
    expect(Number(refused[0]?.parts.headers?.['retry-after'])).toBeGreaterThan(5);
  });

  it('counts no successful sign-in of a device', async () => {
    const user = await person();
    const token = await signIn(user);
    for (let count = 0; count < 15; count++) expect(await signIn(user, token)).toBe(token);
    expect(await left(user.email, token)).toBe(10);
  });

  it.each([
    ['of another account', (own: string, foreign: string) => [own, foreign][1] ?? ''],
    ['with another end', (own: string) => own.slice(0, -1) + (own.endsWith('A') ? 'B' : 'A')],
    ['with another beginning', (own: string) => (own.startsWith('A') ? 'B' : 'A') + own.slice(1)],
    ['with a space', (own: string) => `${own} `],
    ['with padding', (own: string) => `${own}==`],
    ['cut', (own: string) => own.slice(0, 63)],
    ['empty', () => ''],
    ['made up', () => randomBytes(48).toString('base64url')],
    ['huge', () => 'A'.repeat(1_000_000)],
  ])('treats a device with a token %s as unknown', async (_, forge) => {
    const [user, other] = [await person(), await person()];
    const token = forge(await signIn(user), await signIn(other));
    expect(await stage.guesses.isKnownDevice(token, user.email)).toBe(false);
    const reservation = await stage.guesses.reserve(user.email, withDevice(token));
    expect(reservation).toMatchObject({ knownDevice: false, userId: null });
    await stage.guesses.giveBack(reservation);
    await exhaust(user.email);
    await expect(stage.guesses.reserve(user.email, withDevice(token))).rejects.toMatchObject({
      code: 'account_guesses_exceeded',
    });
  });

  it('treats a device as unknown once its token has expired, and removes it', async () => {
    const user = await person();
    const token = await signIn(user);
    expect(await stage.guesses.isKnownDevice(token, user.email.toUpperCase())).toBe(true);
    await sql`update velro.devices set expires_at = now() where user_id = ${user.id}`.execute(
      stage.database.query,
    );
    expect(await stage.guesses.isKnownDevice(token, user.email)).toBe(false);
    expect((await stage.guesses.reserve(user.email, withDevice(token))).knownDevice).toBe(false);
    await stage.purge.run(new AbortController().signal);
    await expect(devicesOf(user.id)).resolves.toHaveLength(0);
  });

  const devicesOf = (id: string) =>
    stage.database.query
      .selectFrom('devices')
      .select(sql<number>`extract(epoch from expires_at - now())`.as('seconds'))
      .where('user_id', '=', id)
      .execute();

  it('makes a device known for 180 days from its last sign-in', async () => {
    const user = await person();
    const token = await signIn(user);
    await sql`update velro.devices set expires_at = now() + interval '1 day' where user_id = ${user.id}`.execute(
      stage.database.query,
    );
    await signIn(user, token);
    const [device] = await devicesOf(user.id);
    expect(Math.round(Number(device?.seconds) / 86_400)).toBe(180);
  });

  it('keeps 20 devices of a user, the ones used last, also when 30 sign in at once', async () => {
    const user = await person();
    const old = await signIn(user);
    const kept = await signIn(user);
    for (let count = 0; count < 18; count++) await signIn(user);
    await signIn(user, kept);
    await signIn(user);
    expect(await stage.guesses.isKnownDevice(old, user.email)).toBe(false);
    expect(await stage.guesses.isKnownDevice(kept, user.email)).toBe(true);
    await Promise.all(Array.from({ length: 30 }, () => signIn(user)));
    await expect(devicesOf(user.id)).resolves.toHaveLength(20);
    expect(await stage.guesses.isKnownDevice(await signIn(user), user.email)).toBe(true);
  });

  it('removes the devices of one user', async () => {
    const [user, other] = [await person(), await person()];
    const [token, others] = [await signIn(user), await signIn(other)];
    await stage.database.transaction((tx) => stage.guesses.forgetDevices(tx, user.id));
    expect(await stage.guesses.isKnownDevice(token, user.email)).toBe(false);
    expect(await stage.guesses.isKnownDevice(others, other.email)).toBe(true);
  });
});

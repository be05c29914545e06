import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { client } from '../../../../test/support/accounts/client.js';
import { key, MfaStage, outcomes } from '../../../../test/support/accounts/mfa-stage.js';
import { MfaChallenges, mfaTokenLength } from './mfa-challenges.js';

describe('a challenge', () => {
  let stage: MfaStage;
  let app: INestApplicationContext;
  let challenges: MfaChallenges;
  beforeAll(async () => {
    stage = await MfaStage.open();
    app = await stage.start();
    challenges = app.get(MfaChallenges);
  });
  afterAll(async () => {
    await stage.close();
  });

  const issue = (id: string) => challenges.issue({ id, epoch: 1 });

  it('opens to its user and epoch for five minutes', async () => {
    const { userId } = await stage.person();
    const { mfa_token: token, expires_in: seconds } = issue(userId);
    expect([token.length, seconds]).toEqual([mfaTokenLength, 300]);
    expect(await challenges.open(token)).toEqual({ userId, epoch: 1 });
    stage.turn(299);
    expect(await challenges.open(token)).toEqual({ userId, epoch: 1 });
    stage.turn(1);
    expect(await challenges.open(token)).toBeNull();
    expect(await challenges.use(token)).toBe(false);
  });

  it('is refused with any character changed, in another spelling, cut or prolonged', async () => {
    const { mfa_token: token } = issue((await stage.person()).userId);
    const last = token.slice(0, -1);
    const spellings = Array.from(
      'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
      (letter) => last + letter,
    ).filter((other) => other !== token);
    const changed = Array.from(token, (letter, at) => {
      return token.slice(0, at) + (letter === 'A' ? 'B' : 'A') + token.slice(at + 1);
    });
    for (const other of [...spellings, ...changed, last, `${token}A`, `${token}=`, ` ${token}`, ''])
      if (other !== token) expect([other, await challenges.open(other)]).toEqual([other, null]);
    expect(await challenges.open(token)).not.toBeNull();
  });

  it.each([
    ['a raised epoch', 'epoch = 2'],
    ['a disabled account', 'disabled_at = now()'],
  ])('is invalid after %s', async (_title, change) => {
    const { userId } = await stage.person();
    const { mfa_token: token } = issue(userId);
    await stage.asOwner(`update velro.users set ${change} where id = '${userId}'`);
    expect(await challenges.open(token)).toBeNull();
  });

  it('is used once of twenty parallel times, and not opened again', async () => {
    const { mfa_token: token } = issue((await stage.person()).userId);
    expect(await outcomes(Array.from({ length: 20 }, () => challenges.use(token)))).toEqual({
      true: 1,
      false: 19,
    });
    expect(await challenges.open(token)).toBeNull();
  });

  it('is not used up by a transaction that fails', async () => {
    const { mfa_token: token } = issue((await stage.person()).userId);
    const failing = stage.database.transaction(async (tx) => {
      expect(await challenges.use(token, tx)).toBe(true);
      throw new Error('no session after all');
    });
    await expect(failing).rejects.toThrow('no session after all');
    expect(await challenges.use(token)).toBe(true);
  });

  it('stays valid during a rotation of the token secret, and not after it', async () => {
    const { mfa_token: token } = issue((await stage.person()).userId);
    const tokens = { current: key(), previous: stage.keys.tokens.current };
    const during = (await stage.start({ ...stage.keys, tokens })).get(MfaChallenges);
    const after = (await stage.start({ ...stage.keys, tokens: { ...tokens, previous: null } })).get(
      MfaChallenges,
    );
    expect(await during.open(token)).not.toBeNull();
    expect(await after.open(token)).toBeNull();
  });

  it('opens one sign-in with a right code, and stays valid after a wrong one', async () => {
    const { caller, secret, codes } = await stage.enrolled(app);
    const { mfa_token: token } = issue(caller.userId);
    await expect(challenges.redeem(token, 'no code', client, null)).rejects.toMatchObject({
      code: 'mfa_code_invalid',
    });
    const redeemed = await outcomes(
      [stage.code(secret), ...codes.slice(0, 3)].map((code) =>
        challenges.redeem(token, code, client, null).then(({ userId }) => userId),
      ),
    );
    expect(redeemed).toEqual({ [caller.userId]: 1, mfa_token_invalid: 3 });
    await expect(challenges.redeem(token, codes[4] ?? '', client, null)).rejects.toMatchObject({
      code: 'mfa_token_invalid',
    });
  });

  it('is not redeemed by the code of another user', async () => {
    const [one, other] = [await stage.enrolled(app), await stage.enrolled(app)];
    const { mfa_token: token } = issue(one.caller.userId);
    await expect(challenges.redeem(token, stage.code(other.secret), client, null)).rejects.toMatchObject({
      code: 'mfa_code_invalid',
    });
  });

  it('leaves no row once it has expired', async () => {
    const { mfa_token: token } = issue((await stage.person()).userId);
    await challenges.use(token);
    stage.turn(301);
    await challenges.use(issue((await stage.person()).userId).mfa_token);
    const rows = await stage.database.query.selectFrom('mfa_used_challenges').selectAll().execute();
    expect(rows).toHaveLength(1);
  });
});

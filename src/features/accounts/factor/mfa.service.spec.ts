import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { client } from '../../../../test/support/accounts/client.js';
import {
  fromBase32,
  key,
  MfaStage,
  outcomes,
  type Enrolled,
} from '../../../../test/support/accounts/mfa-stage.js';
import { MfaEnrolmentService } from '../second-factor/mfa-enrolment.service.js';
import { MfaService } from './mfa.service.js';

describe('the second factor', () => {
  let stage: MfaStage;
  let app: INestApplicationContext;
  let mfa: MfaService;
  let enrolment: MfaEnrolmentService;
  beforeAll(async () => {
    stage = await MfaStage.open();
    app = await stage.start();
    mfa = app.get(MfaService);
    enrolment = app.get(MfaEnrolmentService);
  });
  afterAll(async () => {
    await stage.close();
  });
  const verify = (person: Enrolled, code: string): Promise<boolean> =>
    mfa.verify(person.caller.userId, code, client, null);
  const twenty = (code: string, person: Enrolled): Promise<Record<string, number>> =>
    outcomes(Array.from({ length: 20 }, () => verify(person, code)));
  const wrongCode = ({ secret }: Enrolled): string => {
    const right = [-1, 0, 1].map((distance) => stage.code(secret, distance));
    return ['000000', '111111', '222222', '333333'].find((code) => !right.includes(code)) ?? '';
  };

  describe('enrolment', () => {
    it('is pending until a code is shown, and asking again replaces the secret', async () => {
      const caller = await stage.person();
      const first = await enrolment.enroll(caller);
      const second = await enrolment.enroll(caller);
      expect(first.secret).not.toBe(second.secret);
      expect(second.otpauthUrl).toContain(`secret=${second.secret}`);
      expect(second.qrCode).toMatch(/^data:image\/png;base64,[A-Za-z0-9+/]+=*$/);
      expect(await mfa.isActive(caller.userId)).toBe(false);
      const [old, fresh] = [first, second].map(({ secret }) => stage.code(fromBase32(secret)));
      expect(await mfa.verify(caller.userId, fresh ?? '', client, null)).toBe(false);
      await expect(enrolment.activate(caller, old ?? '', client)).rejects.toMatchObject({
        code: 'mfa_code_invalid',
      });
      await enrolment.activate(caller, fresh ?? '', client);
      expect(await mfa.isActive(caller.userId)).toBe(true);
    });

    it('is refused while a factor is active, and the factor stays as it is', async () => {
      const person = await stage.enrolled(app);
      await expect(enrolment.enroll(person.caller)).rejects.toMatchObject({ code: 'mfa_already_active' });
      await expect(enrolment.activate(person.caller, '000000', client)).rejects.toMatchObject({
        code: 'mfa_already_active',
      });
      expect(await verify(person, stage.code(person.secret))).toBe(true);
    });

    it('succeeds once under twenty parallel activations, with ten codes of eighty bits', async () => {
      const caller = await stage.person();
      const code = stage.code(fromBase32((await enrolment.enroll(caller)).secret));
      const sets = Array.from({ length: 20 }, () => enrolment.activate(caller, code, client));
      await Promise.allSettled(sets);
      const shown = (await Promise.allSettled(sets)).flatMap((set) =>
        set.status === 'fulfilled' ? [set.value] : [],
      );
      expect(shown).toHaveLength(1);
      expect(new Set(shown[0]).size).toBe(10);
      for (const recovery of shown[0] ?? [])
        expect(recovery).toMatch(/^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}$/);
    });

    it('ends the other sessions with its activation, at once, and its first code is used up', async () => {
      const { caller, secret } = await stage.enrolled(app);
      expect(stage.changes.at(-1)).toEqual([caller.userId, caller.sessionId]);
      stage.turn(-60);
      expect(await mfa.verify(caller.userId, stage.code(secret), client, null)).toBe(false);
      stage.turn(60);
    });
  });

  describe('a code of the app', () => {
    it('is accepted one step early or late, never two', async () => {
      for (const [distance, passes] of [
        [-2, false],
        [-1, true],
        [0, true],
        [1, true],
        [2, false],
      ] as const) {
        const person = await stage.enrolled(app);
        stage.turn(300);
        expect([distance, await verify(person, stage.code(person.secret, distance))]).toEqual([
          distance,
          passes,
        ]);
      }
    });

    it('is not accepted again, nor an older one after it (replay)', async () => {
      const person = await stage.enrolled(app);
      const [older, present, next] = [-1, 0, 1].map((distance) => stage.code(person.secret, distance));
      expect(await verify(person, present ?? '')).toBe(true);
      expect(await verify(person, present ?? '')).toBe(false);
      expect(await verify(person, older ?? '')).toBe(false);
      expect(await verify(person, next ?? '')).toBe(true);
    });

    it('is accepted once of twenty parallel attempts', async () => {
      const person = await stage.enrolled(app);
      expect((await twenty(stage.code(person.secret), person))['true']).toBe(1);
    });

    it('is refused for another user', async () => {
      const [one, other] = [await stage.enrolled(app), await stage.enrolled(app)];
      expect(await verify(one, stage.code(other.secret))).toBe(false);
    });
  });

  describe('a recovery code', () => {
    it('is accepted once, in any spelling, and not for another user', async () => {
      const [one, other] = [await stage.enrolled(app), await stage.enrolled(app)];
      const [code = '', second = ''] = one.codes;
      expect(await verify(other, code)).toBe(false);
      expect(await verify(one, ` ${code.replaceAll('-', ' ').toUpperCase().replaceAll('0', 'O')}`)).toBe(
        true,
      );
      expect(await verify(one, code)).toBe(false);
      expect(await verify(one, second)).toBe(true);
    });

    it('is accepted once of twenty parallel attempts', async () => {
      const person = await stage.enrolled(app);
      expect((await twenty(person.codes[0] ?? '', person))['true']).toBe(1);
    });

    it('is invalid once new ones are made, of which ten remain under parallel calls', async () => {
      const person = await stage.enrolled(app);
      const sets = await Promise.all(
        [1, 2, 3, 4].map(() => enrolment.regenerateRecoveryCodes(person.caller, client)),
      );
      expect(await verify(person, person.codes[0] ?? '')).toBe(false);
      const stored = await stage.database.query
        .selectFrom('mfa_recovery_codes')
        .select('hash')
        .where('user_id', '=', person.caller.userId)
        .execute();
      expect(stored).toHaveLength(10);
      const alive = [];
      for (const [code = ''] of sets) alive.push(await verify(person, code));
      expect(alive.filter(Boolean)).toHaveLength(1);
    });
  });

  describe('wrong codes', () => {
    it('are checked five times in fifteen minutes, also of fifty parallel ones and across restarts', async () => {
      const person = await stage.enrolled(app);
      const wrong = wrongCode(person);
      expect(await outcomes(Array.from({ length: 50 }, () => verify(person, wrong)))).toEqual({
        false: 5,
        rate_limit_exceeded: 45,
      });
      stage.turn(840);
      const restarted = (await stage.start()).get(MfaService);
      for (const code of [stage.code(person.secret), person.codes[0] ?? ''])
        await expect(restarted.verify(person.caller.userId, code, client, null)).rejects.toMatchObject({
          status: 429,
          parts: { headers: { 'retry-after': '60' } },
        });
      stage.turn(60);
      expect(await restarted.verify(person.caller.userId, stage.code(person.secret), client, null)).toBe(
        true,
      );
    });

    it('are reset after a right one, and those of one user do not count for another', async () => {
      const [one, other] = [await stage.enrolled(app), await stage.enrolled(app)];
      const wrong = wrongCode(one);
      for (let hit = 0; hit < 4; hit++) expect(await verify(one, wrong)).toBe(false);
      expect(await verify(one, stage.code(one.secret))).toBe(true);
      for (let hit = 0; hit < 5; hit++) expect(await verify(one, wrong)).toBe(false);
      await expect(verify(one, wrong)).rejects.toMatchObject({ code: 'rate_limit_exceeded' });
      expect(await verify(other, stage.code(other.secret))).toBe(true);
    });

    it('limit the activation as well', async () => {
      const caller = await stage.person();
      await enrolment.enroll(caller);
      const tries = Array.from({ length: 20 }, () => enrolment.activate(caller, 'no code', client));
      expect(await outcomes(tries)).toEqual({ mfa_code_invalid: 5, rate_limit_exceeded: 15 });
    });
  });

  it.each([
    ['user', true],
    ['viewer', true],
    ['admin', false],
    ['super_admin', false],
  ] as const)('of a %s is removed with its codes, and this session stays: %p', async (role, stays) => {
    const person = await stage.enrolled(app, role);
    await enrolment.remove(person.caller, client);
    expect(stage.changes.at(-1)).toEqual([person.caller.userId, stays ? person.caller.sessionId : null]);
    expect(await mfa.isActive(person.caller.userId)).toBe(false);
    expect(await verify(person, stage.code(person.secret))).toBe(false);
    await expect(enrolment.remove(person.caller, client)).rejects.toMatchObject({ code: 'mfa_not_enrolled' });
    await expect(enrolment.regenerateRecoveryCodes(person.caller, client)).rejects.toMatchObject({
      code: 'mfa_not_enrolled',
    });
    await enrolment.enroll(person.caller);
    expect(await verify(person, person.codes[0] ?? '')).toBe(false);
  });

  it('survives a rotation of the pepper, and with its next code is sealed under the new one', async () => {
    const person = await stage.enrolled(app);
    const { userId } = person.caller;
    const pepper = { current: key(), previous: stage.keys.pepper.current };
    const during = (await stage.start({ ...stage.keys, pepper })).get(MfaService);
    const after = (await stage.start({ ...stage.keys, pepper: { ...pepper, previous: null } })).get(
      MfaService,
    );
    await expect(after.verify(userId, stage.code(person.secret), client, null)).rejects.toThrow(
      'cannot be opened',
    );
    expect(await during.verify(userId, person.codes[0] ?? '', client, null)).toBe(true);
    expect(await during.verify(userId, stage.code(person.secret), client, null)).toBe(true);
    stage.turn(30);
    expect(await after.verify(userId, stage.code(person.secret), client, null)).toBe(true);
  });

  it('is logged by the names of the vocabulary, without a code or secret', async () => {
    stage.events.length = 0;
    const person = await stage.enrolled(app);
    await verify(person, wrongCode(person));
    await verify(person, person.codes[0] ?? '');
    await enrolment.remove(person.caller, client);
    expect(stage.events.map(({ event, text }) => `${event}: ${text}`)).toEqual([
      'user_updated: MFA factor activated',
      'authn_login_fail: AUTH second factor refused',
      'user_updated: MFA recovery code used',
      'user_updated: MFA factor removed',
    ]);
    const told = JSON.stringify(stage.events);
    for (const secret of [...person.codes, wrongCode(person)]) expect(told).not.toContain(secret);
  });
});

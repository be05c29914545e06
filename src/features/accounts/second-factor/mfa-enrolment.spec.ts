import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { client } from '../../../../test/support/accounts/client.js';
import { fromBase32, MfaStage } from '../../../../test/support/accounts/mfa-stage.js';
import { MfaService } from '../factor/mfa.service.js';
import { MfaEnrolmentService } from './mfa-enrolment.service.js';

describe('a session that begins while a factor is activated', () => {
  let stage: MfaStage;
  let mfa: MfaService;
  let enrolment: MfaEnrolmentService;
  beforeAll(async () => {
    stage = await MfaStage.open();
    const app = await stage.start();
    [mfa, enrolment] = [app.get(MfaService), app.get(MfaEnrolmentService)];
  });
  afterAll(async () => {
    await stage.close();
  });

  it('is committed before the sessions to end are read, or reads the active factor itself', async () => {
    const caller = await stage.person();
    const code = stage.code(fromBase32((await enrolment.enroll(caller)).secret));
    const order: string[] = [];
    let activation: Promise<unknown> = Promise.resolve();
    await stage.database.transaction(async (tx) => {
      const now = new Date();
      const session = { id: randomUUID(), user_id: caller.userId, device: 'd', address: 'a' };
      await tx
        .insertInto('sessions')
        .values({ ...session, auth_time: now, expires_at: now })
        .execute();
      expect(await mfa.isActive(caller.userId, tx)).toBe(false);
      activation = enrolment.activate(caller, code, client).then(() => order.push('activated'));
      await sleep(300);
      expect(stage.changes).toEqual([]);
      order.push('session begun');
    });
    await activation;
    expect(order).toEqual(['session begun', 'activated']);
    expect(stage.changes).toEqual([[caller.userId, caller.sessionId]]);
  });
});

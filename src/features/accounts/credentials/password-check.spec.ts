import { describe, expect, it } from '@jest/globals';
import { responseTiming } from '../../../../config/policy/accounts/response-timing.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { StepUpService } from '../second-factor/step-up.service.js';
import { PasswordChangeService } from '../passwords/password-change.service.js';
import { PasswordCheck } from './password-check.js';

const [user, client] = [
  { id: 'ada', email: 'ada@example.com', fullName: null, epoch: 0 },
  { ip: '192.0.2.1' },
];

/** A provider that refuses every password, and what it was asked for. */
function stage() {
  const asked: string[] = [];
  const ask = (what: string) => () => {
    asked.push(what);
    return Promise.resolve({ outcome: 'refused' });
  };
  const identities = {
    signIn: ask('sign-in'),
    dummyVerify: ask('verification'),
    dummyLookup: ask('lookup'),
  };
  const pepper = { hash: (password: string) => `hashed ${password}`, olderForms: () => [] };
  const check = new PasswordCheck(identities as never, pepper as never, {} as never);
  const users = { find: () => Promise.resolve(user) };
  const mfa = { isActive: () => Promise.resolve(false) };
  const stepUps = new StepUpService(users as never, mfa as never, check, {} as never, {} as never);
  const rules = { validate: () => Promise.resolve([]) };
  const changes = new PasswordChangeService(
    users as never,
    mfa as never,
    rules as never,
    check,
    {} as never,
    {} as never,
  );
  return { asked, stepUps, changes };
}

/** A refusal shows by its time neither what the provider has of the account nor how long it looked. */
describe.each([
  [
    'step-up',
    ({ stepUps }: ReturnType<typeof stage>, caller: Caller, from: ClientContext) =>
      stepUps.stepUp(caller, { password: 'wrong', code: null }, from),
  ],
  [
    'the change of a password',
    ({ changes }: ReturnType<typeof stage>, caller: Caller, from: ClientContext) =>
      changes.change(caller, 'wrong', 'another-otter-paints-9-bridges', from),
  ],
])('a refusal of %s', (_title, refuse) => {
  const caller = { userId: user.id, ver: 0 } as Caller;

  it('takes a sign-in and the decoy that it lacks, and comes at a multiple of the fixed time', async () => {
    const stand = stage();
    const start = performance.now();
    await expect(refuse(stand, caller, client as never)).rejects.toMatchObject({
      code: 'credentials_invalid',
    });
    // Before both were measured both are asked for.
    expect(stand.asked).toEqual(['sign-in', 'verification', 'lookup']);
    expect(performance.now() - start).toBeGreaterThanOrEqual(responseTiming.refuseEveryMs - 1);
  });
});

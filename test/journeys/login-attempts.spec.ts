import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { insist } from '../support/http/insist.js';
import { ask } from '../support/database/database.js';
import { password, Service, signUp } from '../support/process/service.js';

const path = '/api/v1/auth/login';
/** Ten at a time: the embedded identity takes a fifth of a second of CPU for each, and gives up after a few seconds. */
const together = <T>(call: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 10 }, call));

describe('login attempts at an account', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start();
  });
  afterAll(async () => {
    await service.discard();
  });

  const guess = async (email: string): Promise<{ status: number; code: string }> => {
    // A busy machine lets the identity provider run into its time limit: such a guess was not checked, and is not counted.
    const { status, json } = await insist(() =>
      service.visitor().call(path, { body: { email, password: 'wrong-otter-paints-9-quiet-bridges' } }),
    );
    return { status, code: json.code as string };
  };

  it('are at most a hundred from many addresses, across restarts, and its owner can still sign in', async () => {
    const owner = await signUp(service);
    const device = (await owner.visitor.call(path, { body: { email: owner.email, password } })).json
      .device_token as string;
    let checked = (await guess(owner.email)).status === 401 ? 1 : 0;
    // As if most of them had come already: that a hundred in all are counted one by one is shown beside the repository.
    await ask(service.home, 'update velro.account_guesses set failures = 70 where user_id = $1', [owner.id]);
    checked += 69;
    // On a busy machine some are under way for longer, and count until their end: the last batches bring nothing new.
    for (let batch = 0; batch < 8 || (checked < 100 && batch < 40); batch++) {
      const answers = await together(() => guess(owner.email));
      checked += answers.filter(({ status }) => status === 401).length;
      for (const { status, code } of answers)
        expect([status, code]).toEqual(
          status === 401 ? [401, 'credentials_invalid'] : [429, 'account_guesses_exceeded'],
        );
      if (batch === 1) {
        await service.kill();
        service = await Service.start({}, service.home);
      }
    }
    expect(checked).toBe(100);
    // The right password of a stranger's device is refused as well: nobody learns that it was right.
    expect((await service.visitor().call(path, { body: { email: owner.email, password } })).status).toBe(429);
    const known = await service
      .visitor()
      .call(path, { body: { email: owner.email, password }, headers: { 'x-device-token': device } });
    expect([known.status, known.json.device_token]).toEqual([200, device]);
    // Their success forgets the failures.
    expect((await guess(owner.email)).status).toBe(401);
  });

  it('are counted and answered the same when the account does not exist', async () => {
    const answers = [await guess('nobody@example.com')];
    await ask(service.home, 'update velro.account_guesses set failures = 80 where user_id is null');
    const checked = () => answers.filter(({ status }) => status === 401);
    for (let batch = 0; batch < 4 || (checked().length < 21 && batch < 40); batch++)
      answers.push(...(await together(() => guess('nobody@example.com'))));
    expect(checked()).toHaveLength(1 + 20);
    expect(
      new Set(answers.filter(({ status }) => status !== 401).map(({ status, code }) => `${status} ${code}`)),
    ).toEqual(new Set(['429 account_guesses_exceeded']));
  });

  it('of one client behind a shared address do not lock out the others', async () => {
    const [ada, bob] = [await signUp(service), await signUp(service)];
    const crowd = service.visitor();
    const login = (email: string, word: string, device?: string) =>
      crowd.call(path, {
        body: { email, password: word },
        ...(device === undefined ? {} : { headers: { 'x-device-token': device } }),
      });
    const device = (await login(bob.email, password)).json.device_token as string;
    for (let hit = 0; hit < 25; hit++)
      await login(`spray-${hit}@example.com`, 'wrong-otter-paints-9-quiet-bridges');
    expect((await login(ada.email, password)).status).toBe(429);
    expect((await login(bob.email, password, device)).status).toBe(200);
  });

  it('with a foreign, forged or overlong device token are those of an unknown device', async () => {
    const [ada, bob] = [await signUp(service), await signUp(service)];
    const foreign = (await bob.visitor.call(path, { body: { email: bob.email, password } })).json
      .device_token as string;
    for (const device of [foreign, 'x'.repeat(64), 'x'.repeat(4000)]) {
      const visitor = service.visitor();
      const statuses = [];
      for (let hit = 0; hit < 4; hit++) {
        statuses.push(
          (
            await visitor.call(path, {
              body: { email: ada.email, password: 'wrong-otter-paints-9-quiet-bridges' },
              headers: { 'x-device-token': device },
            })
          ).status,
        );
      }
      expect(statuses).toEqual([401, 401, 401, 429]);
    }
  });

  it('are at most ten an hour from a known device', async () => {
    const account = await signUp(service);
    const device = (await account.visitor.call(path, { body: { email: account.email, password } })).json
      .device_token as string;
    const statuses = [];
    for (let hit = 0; hit < 12; hit++) {
      statuses.push(
        (
          await service.visitor().call(path, {
            body: { email: account.email, password: 'wrong-otter-paints-9-quiet-bridges' },
            headers: { 'x-device-token': device },
          })
        ).status,
      );
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
  });

  it.each([
    ['a common password', 'password123456789', 'too_common'],
    ['a repeated letter', 'a'.repeat(20), 'too_common'],
    ['too short a one', 'otter-bridge', 'min_length'],
  ])('need not be clever for %s, so it is refused', async (_title, word, code) => {
    const answer = await service
      .visitor()
      .call('/api/v1/auth/register', { body: { email: 'weak@example.com', password: word } });
    expect([answer.status, answer.json.errors?.[0]]).toEqual([
      422,
      expect.objectContaining({ field: 'password', code }),
    ]);
  });
});

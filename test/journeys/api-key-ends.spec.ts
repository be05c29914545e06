import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyTextId } from '../../src/features/api-keys/key-text.js';
import { KeyOwner, present, violation } from '../support/accounts/api-keys.js';
import { ask, isSleeping } from '../support/database/database.js';
import { insist } from '../support/http/insist.js';
import { startSecond } from '../support/process/second-instance.js';
import { Service } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';
import { until } from '../support/process/wait-until.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('an API key on two instances', () => {
  let service: Service;
  let second: Service;
  const shown: string[] = [];
  beforeAll(async () => {
    service = await sharedService();
    second = await startSecond(service);
  });
  afterAll(async () => {
    await second.discard();
    await service.discard();
  });
  const owner = (): Promise<KeyOwner> => KeyOwner.signUp(service, shown);
  /** How both instances answer a key. */
  const both = async (text: string): Promise<number[]> => [
    (await present(service, text)).status,
    (await present(second, text)).status,
  ];
  const refused = async (text: string): Promise<unknown[]> => {
    const answer = await present(second, text);
    const line = await violation(second, answer);
    return [
      answer.status,
      answer.json.code,
      line?.msg.split(' ').at(-1),
      line?.['event'],
      line?.['threat_level'],
    ];
  };
  /** Opens a stream on an instance; what comes back says when it ended. */
  const watch = async (on: Service, text: string, id: string) => {
    let ended = false;
    const done = on
      .visitor()
      .events(`/api/v1/generations/${id}/events`, text)
      .then(() => {
        ended = true;
      });
    await pause(300);
    return { done, isOpen: () => !ended };
  };

  it('is refused at once on both when it expires, and is neither listed, rotated nor deleted any more', async () => {
    const ada = await owner();
    const { id, text } = await ada.key();
    const other = await ada.key();
    expect(await both(text)).toEqual([200, 200]);
    await ask(service.home, 'update velro.api_keys set expires_at = now() where id = $1', [id]);
    expect(await both(text)).toEqual([401, 401]);
    expect(await refused(text)).toEqual([
      401,
      'token_invalid',
      'key_expired',
      'session_use_after_expire',
      'LOW',
    ]);
    expect((await ada.list()).map((key) => key['id'])).toEqual([other.id]);
    expect([(await ada.rotate(id)).status, (await ada.remove(id)).status]).toEqual([404, 404]);
  });

  it('is refused at once on both when it is deleted, its previous text too', async () => {
    const ada = await owner();
    const { id, text } = await ada.key();
    const next = (await ada.rotate(id)).json.key as string;
    expect([await both(text), await both(next)]).toEqual([
      [200, 200],
      [200, 200],
    ]);
    expect((await ada.remove(id)).status).toBe(204);
    expect([await both(text), await both(next)]).toEqual([
      [401, 401],
      [401, 401],
    ]);
    expect(await refused(next)).toEqual([401, 'token_invalid', 'key_revoked', 'authn_token_reuse', 'MEDIUM']);
  });

  it('ends the streams that it opened, and no other, when it is deleted', async () => {
    const ada = await owner();
    const [{ id, text }, other] = [await ada.key(), await ada.key()];
    const generation = await ada.waitingGeneration();
    const streams = [await watch(service, text, generation), await watch(second, text, generation)];
    const stays = await watch(second, other.text, generation);
    expect(streams.map(({ isOpen }) => isOpen())).toEqual([true, true]);
    await ada.remove(id);
    await Promise.all(streams.map(({ done }) => done));
    await pause(1200);
    expect(stays.isOpen()).toBe(true);
    await ada.remove(other.id);
    await stays.done;
  });

  it('is refused when its owner is disabled', async () => {
    const ada = await owner();
    const { text } = await ada.key();
    const disable = (at: string) =>
      ask(service.home, `update velro.users set disabled_at = ${at} where id = $1`, [ada.account.id]);
    await disable('now()');
    expect(await both(text)).toEqual([401, 401]);
    expect(await refused(text)).toEqual([401, 'token_invalid', 'key_revoked', 'authn_token_reuse', 'MEDIUM']);
    await disable('null');
    expect(await both(text)).toEqual([200, 200]);
  });

  it('survives a logout from everywhere: it is no session', async () => {
    const ada = await owner();
    const { text } = await ada.key();
    await ada.account.visitor.call('/api/v1/auth/logout', {
      token: ada.account.token,
      body: { scope: 'all' },
    });
    expect((await present(service, ada.account.token)).status).toBe(401);
    expect(await both(text)).toEqual([200, 200]);
  });

  it('works beside the new text until the overlap of a rotation ends', async () => {
    const ada = await owner();
    const { id, text } = await ada.key();
    const rotated = await ada.rotate(id, 600);
    const left = Date.parse(rotated.json.previous_expires_at) - Date.now();
    expect(left).toBeGreaterThan(590_000);
    expect(left).toBeLessThan(601_000);
    expect([await both(text), await both(rotated.json.key as string)]).toEqual([
      [200, 200],
      [200, 200],
    ]);
    const { json } = await present(service, text);
    expect(json.exp * 1000).toBeLessThanOrEqual(Date.parse(rotated.json.previous_expires_at));
    await ask(service.home, 'update velro.api_keys set previous_until = now() where id = $1', [id]);
    expect([await both(text), await both(rotated.json.key as string)]).toEqual([
      [401, 401],
      [200, 200],
    ]);
    expect((await refused(text))[2]).toBe('key_expired');
    expect((await ada.list())[0]).toMatchObject({ previous_prefix: null, previous_expires_at: null });
  });

  it('is refused at once after a rotation without overlap, and so is the oldest of two rotations', async () => {
    const ada = await owner();
    const [{ id, text }, twice] = [await ada.key(), await ada.key()];
    const next = (await ada.rotate(id, 0)).json;
    expect([next.previous_prefix, next.previous_expires_at]).toEqual([null, null]);
    expect([await both(text), await both(next.key as string)]).toEqual([
      [401, 401],
      [200, 200],
    ]);

    const middle = (await ada.rotate(twice.id)).json.key as string;
    const latest = (await ada.rotate(twice.id)).json.key as string;
    expect([await both(twice.text), await both(middle), await both(latest)]).toEqual([
      [401, 401],
      [200, 200],
      [200, 200],
    ]);
    expect((await refused(twice.text))[2]).toBe('key_unknown');
  });

  it('ends the streams of the old text at a rotation; while that is valid, it may open them again', async () => {
    const ada = await owner();
    const { id, text } = await ada.key();
    const generation = await ada.waitingGeneration();
    const before = await watch(second, text, generation);
    const next = (await ada.rotate(id)).json.key as string;
    await before.done;
    const [old, current] = [await watch(second, text, generation), await watch(second, next, generation)];
    await pause(1500);
    expect([old.isOpen(), current.isOpen()]).toEqual([true, true]);
    await ada.rotate(id, 0);
    await Promise.all([old.done, current.done]);
  });

  it('has an overlap of at most a week, and never one beyond itself', async () => {
    const ada = await owner();
    const { id } = await ada.key({ expires_in_days: 1 });
    for (const overlap of [-1, 604_801, 1.5]) expect((await ada.rotate(id, overlap)).status).toBe(422);
    const { json } = await ada.rotate(id, 604_800);
    expect([json.previous_expires_at, json.status]).toEqual([json.expires_at, undefined]);
  });

  it('has one current and one previous valid text after twenty concurrent rotations', async () => {
    const ada = await owner();
    const { id, text } = await ada.key();
    const answers = await Promise.all(Array.from({ length: 20 }, () => insist(() => ada.rotate(id))));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const texts = [text, ...answers.map(({ json }) => json.key as string)];
    expect(new Set(texts).size).toBe(21);
    const living: string[] = [];
    for (const one of texts) if ((await present(service, one)).status === 200) living.push(one);
    const [listed] = await ada.list();
    expect(living.map((one) => one.slice(0, 14)).sort()).toEqual(
      [listed?.['prefix'], listed?.['previous_prefix']].sort(),
    );
    // Whatever text lost its place, the streams that it opened were told.
    const told = await ask<{ subject: string }>(
      service.home,
      "select subject from velro.revocations where kind = 'jti'",
    );
    const latest = texts.findIndex((one) => one.startsWith(String(listed?.['prefix'])));
    const replaced = texts.filter((_, index) => index !== latest);
    expect(told.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining(
        replaced.map((one) => keyTextId(createHash('sha256').update(one).digest(), 'current')),
      ),
    );
  });

  it('is not accepted while the database does not answer', async () => {
    const ada = await owner();
    const { text } = await ada.key();
    const lock = ask(
      service.home,
      'do $$ begin lock table velro.api_keys in access exclusive mode; perform pg_sleep(2.5); end $$',
    );
    await until(() => isSleeping(service.home), 'the lock is held');
    const answer = await present(service, text);
    expect([answer.status, answer.json.code]).toEqual([503, 'unavailable']);
    expect(answer.headers['retry-after']).toBeDefined();
    await lock;
    expect(await both(text)).toEqual([200, 200]);
  });

  it('has its last use written once a minute, after the answer', async () => {
    const ada = await owner();
    const { id, text } = await ada.key();
    const used = async (): Promise<string | null> => (await ada.list())[0]?.['last_used_at'] as string | null;
    expect(await used()).toBeNull();
    const lock = ask(
      service.home,
      `do $$ begin perform 1 from velro.api_keys where id = '${id}' for update; perform pg_sleep(2); end $$`,
    );
    let isReleased = false;
    const released = lock.then(() => (isReleased = true));
    await until(() => isSleeping(service.home), 'the lock is held');
    expect((await present(service, text)).status).toBe(200);
    expect(isReleased).toBe(false);
    await released;
    expect(service.lines().some(({ msg }) => msg === 'the use of an API key was not noted')).toBe(true);
    expect(await used()).toBeNull();

    expect(await both(text)).toEqual([200, 200]);
    await until(async () => (await used()) !== null, 'the use is written');
    const first = await used();
    expect(Date.now() - Date.parse(first ?? '')).toBeLessThan(5000);
    expect(await both(text)).toEqual([200, 200]);
    await pause(200);
    expect(await used()).toBe(first);
    await ask(
      service.home,
      "update velro.api_keys set last_used_at = now() - interval '61 seconds' where id = $1",
      [id],
    );
    expect(await both(text)).toEqual([200, 200]);
    const isWrittenAgain = async (): Promise<boolean> =>
      Date.parse((await used()) ?? '') >= Date.parse(first ?? '');
    await until(isWrittenAgain, 'the use is written again');
  });

  it('never appears in the output of either instance', () => {
    expect(shown.length).toBeGreaterThan(30);
    for (const { printed } of [service, second])
      expect(shown.filter((text) => printed.includes(text.slice(6, 30)))).toEqual([]);
  });
});

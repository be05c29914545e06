import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { KeyOwner } from '../support/accounts/api-keys.js';
import { channels } from '../../src/ports/notifications.js';
import { ask, superuserUrl } from '../support/database/database.js';
import { until } from '../support/process/wait-until.js';
import { withPolicy } from '../support/process/policy.js';
import { password, Service } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';
import { signingSecret, withClaims } from '../support/tokens/forged-tokens.js';

/** An end of the token is looked for every second. */
const noticedWithinMs = 5000;

interface Stream {
  readonly isOpen: () => boolean;
  readonly events: readonly string[];
}
/** Open once its first event is here. */
const watch = async ({ account }: KeyOwner, id: string, token = account.token): Promise<Stream> => {
  const events: string[] = [];
  let isOpen = true;
  const path = `/api/v1/generations/${id}/events`;
  const done = account.visitor
    .events(path, token, (event) => {
      events.push(event);
      return false;
    })
    .then(() => {
      isOpen = false;
    });
  await Promise.race([done, until(() => events.length > 0, 'the first event')]);
  expect(isOpen).toBe(true);
  return { isOpen: () => isOpen, events };
};

describe('the event stream of a generation that does not end', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(async () => {
    await service.discard();
  });

  const ended = ({ isOpen }: Stream) => until(() => !isOpen(), 'the end of the stream', noticedWithinMs);
  /** Somebody who watches, and a neighbour whose stream must stay open. */
  const stage = async () => {
    const [ada, neighbour] = [await KeyOwner.signUp(service, []), await KeyOwner.signUp(service, [])];
    const id = await ada.waitingGeneration();
    return { ada, id, other: await watch(neighbour, await neighbour.waitingGeneration()) };
  };

  it('does not begin again for a client that has received its last event: 204, which ends an EventSource', async () => {
    const ada = await KeyOwner.signUp(service, []);
    const { account } = ada;
    const id = await ada.waitingGeneration();
    const path = `/api/v1/generations/${id}/events`;
    const cancelled = account.visitor.call(`/api/v1/generations/${id}/cancel`, {
      method: 'POST',
      token: account.token,
      body: {},
    });
    const last = (await account.visitor.events(path, account.token)).at(-1);
    expect([(await cancelled).status, last?.event]).toEqual([202, 'cancelled']);
    const again = await account.visitor.call(path, {
      token: account.token,
      headers: { 'last-event-id': String(last?.id) },
    });
    expect([again.status, again.text]).toEqual([204, '']);
    // Whoever lacks the event still gets it.
    for (const seen of [{}, { 'last-event-id': String((last?.id ?? 0) - 1) }, { 'last-event-id': '999999' }])
      expect(
        (await account.visitor.events(path, account.token, undefined, seen)).map(({ event }) => event),
      ).toEqual(['cancelled']);
  });

  it('shows its state to a client whose Last-Event-ID is of no event of it', async () => {
    const ada = await KeyOwner.signUp(service, []);
    const path = `/api/v1/generations/${await ada.waitingGeneration()}/events`;
    const events = await ada.account.visitor.events(path, ada.account.token, () => true, {
      'last-event-id': '999999',
    });
    expect(events).toHaveLength(1);
  });

  it('ends when its token expires, and not before', async () => {
    const { ada, id, other } = await stage();
    const seconds = Math.floor(Date.now() / 1000);
    const short = withClaims(signingSecret(service.home), ada.account.token, {
      iat: seconds,
      nbf: seconds,
      exp: seconds + 3,
    });
    const [stream, long] = [await watch(ada, id, short), await watch(ada, id)];
    await ended(stream);
    expect(Date.now()).toBeGreaterThanOrEqual((seconds + 3) * 1000);
    expect(stream.events).toEqual(['status']);
    expect([long.isOpen(), other.isOpen()]).toEqual([true, true]);
  });

  it.each([
    [
      'its session is ended by a logout',
      ({ account }: KeyOwner) =>
        account.visitor.call('/api/v1/auth/logout', { token: account.token, body: {} }),
    ],
    [
      'its owner changes the password',
      ({ account }: KeyOwner) =>
        account.visitor.call('/api/v1/auth/password-change', {
          token: account.token,
          body: { current_password: password, new_password: 'seven-quiet-herons-cross-the-yard' },
        }),
    ],
  ])('ends when %s', async (_title, act) => {
    const { ada, id, other } = await stage();
    const stream = await watch(ada, id);
    expect((await act(ada)).status).toBeLessThan(300);
    await ended(stream);
    expect(other.isOpen()).toBe(true);
  });

  it('ends with the last event of its generation', async () => {
    const { ada, id, other } = await stage();
    const stream = await watch(ada, id);
    const announce = () => ask(service.home, 'select pg_notify($1, $2)', [channels.generations, id]);
    await ask(service.home, 'update velro.generations set progress = 1 where id = $1', [id]);
    await announce();
    await until(() => stream.events.length > 1, 'the second event');
    await ask(
      service.home,
      "update velro.generations set status = 'cancelled', finished_at = now() where id = $1",
      [id],
    );
    await announce();
    await ended(stream);
    expect([stream.events.at(-1), other.isOpen()]).toEqual(['cancelled', true]);
  });
});

describe('the event stream of a generation in a service that looks again soon', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start(withPolicy({ streamPolicy: { lookAgainMs: 500 } }));
  });
  afterAll(async () => {
    await service.discard();
  });

  it('shows a change whose notification was lost, by a look of its own', async () => {
    const ada = await KeyOwner.signUp(service, []);
    const id = await ada.waitingGeneration();
    const stream = await watch(ada, id);
    // Nobody announces it.
    await ask(service.home, 'update velro.generations set version = version + 1 where id = $1', [id]);
    await until(() => stream.events.length === 2, 'an event of the change');
    expect(stream.isOpen()).toBe(true);
  });

  it('ends at a shutdown after its event though it was still asked for when the others ended', async () => {
    const owner = await KeyOwner.signUp(service, []);
    const path = `/api/v1/generations/${await owner.waitingGeneration()}/events`;
    const holder = new pg.Client({ connectionString: superuserUrl(service.home) });
    // The database ends with the service.
    holder.on('error', () => undefined);
    await holder.connect();
    try {
      await holder.query('begin; lock table velro.generations in access exclusive mode');
      const headers = { authorization: `Bearer ${owner.account.token}` };
      const answered = once(get(`${service.url}${path}`, { headers, agent: false }), 'response');
      const waits = "select from pg_locks where not granted and relation = 'velro.generations'::regclass";
      await until(async () => (await ask(service.home, waits)).length > 0, 'the look at the generation');
      service.signal('SIGTERM');
      await until(
        () =>
          service
            .visitor()
            .call('/health/live')
            .then(
              () => false,
              () => true,
            ),
        'the end of the listener',
      );
      await holder.query('commit');
      const [stream] = (await answered) as [IncomingMessage];
      const text: string[] = [];
      stream.setEncoding('utf8').on('data', (part: string) => text.push(part));
      await once(stream, 'end').catch(() => undefined);
      expect([text.join(''), stream.complete]).toEqual([expect.stringContaining('event: status'), true]);
      expect(await service.exited()).toBe(0);
    } finally {
      await holder.end();
    }
  });
});

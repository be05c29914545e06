import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { Secret } from '../../config/values/secret.js';
import { HttpsSiem, siemKeyOf } from '../../src/adapters/siem/https-siem.js';
import { NoSiem } from '../../src/adapters/siem/no-siem.js';
import { SyslogSiem } from '../../src/adapters/siem/syslog-siem.js';
import { SystemClock } from '../../src/adapters/system/system.js';
import {
  SiemRefused,
  type SiemBatch,
  type SiemReceiver,
  type SiemRecord,
} from '../../src/ports/delivery/siem-receiver.js';
import { makeCertificates, openssl, type Certificates } from '../support/process/certificates.js';
import { portBelowOutgoing } from '../support/process/free-port.js';
import { until } from '../support/process/wait-until.js';
import { HttpSiemServer, SyslogServer, type SiemServer } from '../support/siem/siem-server.js';

/** So short that a server that hangs is given up within the patience of a test. */
const sendTimeoutMs = 700;
const keys = { current: new Secret('ab'.repeat(32)), previous: new Secret('cd'.repeat(32)) };
const running = (): AbortSignal => new AbortController().signal;

const recordOf = (at: number): SiemRecord => ({
  id: `id-${at}`,
  name: 'authz_fail',
  level: 'HIGH',
  at: new Date(at),
  instance: 'abc',
  json: JSON.stringify({ metadata: { uid: `id-${at}`, event_code: 'authz_fail' }, message: 'ä\n😀' }),
});
const batchOf = (count: number): SiemBatch => ({
  id: `1-${count}`,
  records: Array.from({ length: count }, (_, at) => recordOf(at)),
});
const idsOf = ({ records }: SiemBatch): string[] => records.map(({ id }) => id);

const failureOf = async (delivery: Promise<void>): Promise<string> =>
  delivery.then(
    () => 'none',
    (cause: unknown) => (cause instanceof Error ? cause.message : 'no error'),
  );

const folder = mkdtempSync(join(tmpdir(), 'velro-siem-'));
let certificates: Certificates;
let strangers: Certificates;
const defaults = getCACertificates('default');

const kinds = {
  HTTPS: {
    start: () => HttpSiemServer.start(certificates),
    startStranger: () => HttpSiemServer.start(strangers),
    of: (url: string, patience = sendTimeoutMs): SiemReceiver =>
      new HttpsSiem(new URL(url), keys, new SystemClock(), patience),
  },
  'syslog over TLS': {
    start: () => SyslogServer.start(certificates),
    startStranger: () => SyslogServer.start(strangers),
    of: (url: string, patience = sendTimeoutMs): SiemReceiver =>
      new SyslogSiem(new URL(url), {
        host: 'api.example.com',
        sendTimeoutMs: patience,
        settleMs: 100,
        ca: readFileSync(certificates.ca, 'utf8'),
      }),
  },
} as const;

(openssl ? describe : describe.skip)('a SIEM', () => {
  beforeAll(async () => {
    [certificates, strangers] = await Promise.all([
      makeCertificates(join(folder, 'own')),
      makeCertificates(join(folder, 'strangers')),
    ]);
    setDefaultCACertificates([...defaults, readFileSync(certificates.ca, 'utf8')]);
  });
  afterAll(() => {
    setDefaultCACertificates(defaults);
    rmSync(folder, { recursive: true, force: true });
  });

  describe.each(['HTTPS', 'syslog over TLS'] as const)('by %s', (kind) => {
    let server: SiemServer;
    beforeAll(async () => {
      server = await kinds[kind].start();
    });
    afterAll(() => server.stop());
    beforeEach(() => {
      server.fault = 'none';
      server.events.length = 0;
    });

    it('is given every event of a batch in its order, whatever stands in it', async () => {
      const batch = batchOf(500);
      await kinds[kind].of(server.url, 60_000).deliver(batch, running());
      expect(server.ids).toEqual(idsOf(batch));
      expect(server.events[0]?.message).toBe('ä\n😀');
    });

    it.each(['hang', 'reset', 'garbage', 'refuse'] as const)(
      'has taken nothing when it does: %s; the delivery fails in time, without the address, and the next succeeds',
      async (fault) => {
        const receiver = kinds[kind].of(server.url);
        server.fault = fault;
        const failure = await failureOf(receiver.deliver(batchOf(3), running()));
        expect(failure).toMatch(/^the SIEM (did not|answered 503)/);
        for (const word of ['canary', 'pass', 'localhost', 'id-1']) expect(failure).not.toContain(word);
        expect(server.events).toEqual([]);
        server.fault = 'none';
        await kinds[kind].of(server.url, 60_000).deliver(batchOf(3), running());
        expect(server.ids).toEqual(idsOf(batchOf(3)));
      },
    );

    it('that acknowledges too late has failed, and is given the same events again', async () => {
      server.fault = 'late';
      let failure = '';
      const delivery = failureOf(kinds[kind].of(server.url).deliver(batchOf(2), running())).then(
        (reason) => (failure = reason),
      );
      await until(() => failure !== '', 'a failure');
      expect(await delivery).toMatch(/^the SIEM did not/);
      await until(() => server.late > 0, 'a late batch');
      server.release();
      server.fault = 'none';
      await kinds[kind].of(server.url, 60_000).deliver(batchOf(2), running());
      expect(server.ids).toEqual([...idsOf(batchOf(2)), ...idsOf(batchOf(2))]);
    });

    it('is given up at once by a stop', async () => {
      const receiver = kinds[kind].of(server.url, 600_000);
      expect(await failureOf(receiver.deliver(batchOf(1), AbortSignal.abort()))).toMatch(/^the SIEM did not/);
      server.fault = 'late';
      const stopping = new AbortController();
      const delivery = failureOf(receiver.deliver(batchOf(1), stopping.signal));
      await until(() => server.late > 0, 'a batch under way');
      stopping.abort();
      expect(await delivery).toMatch(/^the SIEM did not/);
      server.release();
    });

    it('gets nothing where nobody listens, or with a certificate that is not trusted or names another host', async () => {
      const closed = new URL(server.url);
      closed.port = String(await portBelowOutgoing());
      expect(await failureOf(kinds[kind].of(closed.href).deliver(batchOf(1), running()))).toMatch(
        /^the SIEM did not/,
      );
      const stranger = await kinds[kind].startStranger();
      const elsewhere = new URL(server.url.replace('localhost', '127.0.0.2'));
      for (const [url, at] of [
        [stranger.url, stranger],
        [elsewhere.href, server],
      ] as const) {
        expect(await failureOf(kinds[kind].of(url).deliver(batchOf(1), running()))).toMatch(
          /^the SIEM did not/,
        );
        expect(at.events).toEqual([]);
      }
      await stranger.stop();
    });
  });

  it('by HTTPS verifies a signature by each key, and gets the credentials and the path of its address', async () => {
    const server = await HttpSiemServer.start(certificates);
    await kinds.HTTPS.of(server.url, 60_000).deliver(batchOf(2), running());
    await server.stop();
    const [batch] = server.batches;
    if (batch === undefined) throw new Error('no batch');
    const {
      'webhook-id': id = '',
      'webhook-timestamp': at = '',
      'webhook-signature': signatures = '',
    } = batch.headers;
    for (const key of [keys.current, keys.previous]) {
      const headers = {
        'webhook-id': String(id),
        'webhook-timestamp': String(at),
        'webhook-signature': String(signatures),
      };
      expect(new Webhook(siemKeyOf(key)).verify(batch.body, headers)).toHaveLength(2);
      expect(() => new Webhook(siemKeyOf(key)).verify(`${batch.body} `, headers)).toThrow();
    }
    expect([id, batch.headers.authorization, batch.headers['content-type'], server.paths]).toEqual([
      '1-2',
      `Basic ${Buffer.from('user:pass:word').toString('base64')}`,
      'application/json',
      ['/events?key=canary-in-the-url'],
    ]);
  });

  it.each([
    [400, true],
    [413, true],
    [422, true],
    ...[401, 403, 404, 408, 409, 429, 500, 502, 503].map((status): [number, boolean] => [status, false]),
  ])('by HTTPS that answers %i refuses the events themselves: %s', async (status, isTheirs) => {
    const server = await HttpSiemServer.start(certificates);
    [server.fault, server.refusal] = ['refuse', status];
    const failure: unknown = await kinds.HTTPS.of(server.url, 60_000)
      .deliver(batchOf(1), running())
      .catch((cause: unknown) => cause);
    await server.stop();
    expect(failure).toMatchObject({ message: `the SIEM answered ${status}` });
    expect(failure instanceof SiemRefused).toBe(isTheirs);
  });

  it('by HTTPS is not followed to another address', async () => {
    const server = await HttpSiemServer.start(certificates);
    server.fault = 'redirect';
    expect(await failureOf(kinds.HTTPS.of(server.url).deliver(batchOf(1), running()))).toBe(
      'the SIEM answered 307',
    );
    await server.stop();
    expect([server.paths, server.events]).toEqual([['/events?key=canary-in-the-url'], []]);
  });

  it('by syslog gets messages of RFC 5424', async () => {
    const server = await SyslogServer.start(certificates);
    await kinds['syslog over TLS'].of(server.url, 60_000).deliver(batchOf(1), running());
    await server.stop();
    expect(server.messages).toEqual([
      expect.stringMatching(/^<107>1 1970-01-01T00:00:00\.000Z api\.example\.com velro abc authz_fail - \{"/),
    ]);
  });

  it('that is not configured takes nothing', async () => {
    const none: SiemReceiver = new NoSiem();
    expect(none.isConfigured).toBe(false);
    expect(await failureOf(none.deliver(batchOf(1), running()))).toBe('events are exported nowhere');
  });
});

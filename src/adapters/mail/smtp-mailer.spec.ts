import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { MailLimits } from '../../../config/policy/operations/mail.js';
import { Secret } from '../../../config/values/secret.js';
import { MailServer, type MailServerOptions } from '../../../test/support/mail/mail-server.js';
import { SmtpServer } from '../../../test/support/mail/smtp-server.js';
import { makeCertificates, openssl, type Certificates } from '../../../test/support/process/certificates.js';
import { portBelowOutgoing } from '../../../test/support/process/free-port.js';
import { until } from '../../../test/support/process/wait-until.js';
import { SmtpMailer, smtpOptions, type SmtpOptions } from './smtp-mailer.js';

/** So short that a server that hangs is given up within the patience of a test. */
const limits: MailLimits = {
  sendTimeoutMs: 1500,
  stepTimeoutMs: 600,
  connections: 2,
  mailsPerConnection: 100,
  idleMs: 60_000,
};
const somebody = 'somebody@example.com';
const mail = { id: '1', to: somebody, subject: 's', text: 't' };
const running = (): AbortSignal => new AbortController().signal;

describe('the mail server of an SMTP_URL', () => {
  it.each([
    ['smtp://mail.example.com', { port: 587, secure: false, requireTLS: true }],
    ['smtps://mail.example.com', { port: 465, secure: true, requireTLS: false }],
    ['smtp://mail.example.com:2525', { port: 2525, secure: false, requireTLS: true }],
    ['smtp://192.0.2.1', { port: 587, secure: false, requireTLS: true }],
    ['smtp://127.0.0.1:1025', { port: 1025, secure: false, requireTLS: false }],
    ['smtp://localhost:1025', { port: 1025, secure: false, requireTLS: false }],
    ['smtp://[::1]:1025', { host: '::1', port: 1025, secure: false, requireTLS: false }],
    ['smtp://[2001:db8::1]', { host: '2001:db8::1', port: 587, secure: false, requireTLS: true }],
    ['smtp://localhost.example.com', { port: 587, secure: false, requireTLS: true }],
  ])('%s is reached with %p', (url, options) => {
    expect(smtpOptions(new URL(url))).toMatchObject(options);
  });

  it('is given the credentials as they were before the address encoded them', () => {
    expect(smtpOptions(new URL('smtps://some%40body:p%2Fss%3A@mail.example.com')).auth).toEqual({
      user: 'some@body',
      pass: 'p/ss:',
    });
    expect(smtpOptions(new URL('smtps://mail.example.com'))).not.toHaveProperty('auth');
  });
});

describe('mails by SMTP', () => {
  const mailers: SmtpMailer[] = [];
  const servers: { stop: () => Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(mailers.splice(0).map((one) => one.close()));
    await Promise.all(servers.splice(0).map((one) => one.stop()));
  });
  const mailerOf = (options: SmtpOptions, own: Partial<MailLimits> = {}): SmtpMailer => {
    const mailer = new SmtpMailer(options, 'a@example.com', { ...limits, ...own });
    mailers.push(mailer);
    return mailer;
  };
  const serve = async (options: MailServerOptions = {}): Promise<MailServer> => {
    const server = await MailServer.start(options);
    servers.push(server);
    return server;
  };
  const failureOf = async (sending: Promise<void>): Promise<string> => {
    const error: unknown = await sending.then(
      () => null,
      (cause: unknown) => cause,
    );
    return error instanceof Error ? `${error.message} ${error.stack ?? ''} ${JSON.stringify(error)}` : 'none';
  };
  const expectFailure = (failure: string, code: string): void => {
    expect(failure).toMatch(new RegExp(`^the mail server did not accept the mail: ${code}`));
    for (const word of ['somebody', 'example.com', 'said the server']) expect(failure).not.toContain(word);
  };

  it('share the connections of a bounded pool, which its close ends', async () => {
    const server = await serve();
    const mailer = mailerOf(smtpOptions(new URL(server.url)));
    await Promise.all(
      Array.from({ length: 20 }, (_, at) => mailer.send({ ...mail, id: String(at) }, running())),
    );
    expect(server.to(somebody)).toHaveLength(20);
    expect(server.connections).toBeLessThanOrEqual(limits.connections);
    expect(server.open).toBe(server.connections);
    await mailer.close();
    await until(() => server.open === 0, 'closed connections');
    expectFailure(await failureOf(mailer.send(mail, running())), 'E\\w+|unknown');
  });

  it('leave no unused connection open', async () => {
    const server = await serve();
    await mailerOf(smtpOptions(new URL(server.url)), { idleMs: 50 }).send(mail, running());
    await until(() => server.open === 0, 'a closed connection');
  });

  it.each([
    ['silent', 'E(TIMEDOUT|ABORT)'],
    ['silent-after-data', 'E(TIMEDOUT|ABORT)'],
    ['cut-after-data', 'E(CONNECTION|SOCKET)'],
    ['busy', 'EENVELOPE 451'],
    ['unknown-recipient', 'EENVELOPE 550'],
    ['refused-data', 'EMESSAGE 554'],
  ] as const)('fail in time, once and without an address, while the server is: %s', async (fault, code) => {
    const server = await serve();
    const mailer = mailerOf(smtpOptions(new URL(server.url)));
    server.fault = fault;
    expectFailure(await failureOf(mailer.send(mail, running())), code);
    expect([server.connections, server.received]).toEqual([1, []]);
    server.fault = 'none';
    await mailer.send(mail, running());
    expect(server.to(somebody)).toHaveLength(1);
  });

  it.each(['hang', 'reset', 'close', 'garbage'] as const)(
    'fail in time, once and without an address at a server that is none: %s',
    async (fault) => {
      const server = await SmtpServer.start();
      servers.push(server);
      server.fault = fault;
      expectFailure(
        await failureOf(mailerOf(smtpOptions(new URL(server.url))).send(mail, running())),
        'E\\w+',
      );
      expect([server.connections, server.received]).toEqual([1, []]);
    },
  );

  it('fail where nobody listens', async () => {
    const url = new URL(`smtp://127.0.0.1:${await portBelowOutgoing()}`);
    expectFailure(await failureOf(mailerOf(smtpOptions(url)).send(mail, running())), 'E\\w+');
  });

  it('fail in time at a server that sends a word now and then, and hold no connection to it', async () => {
    const server = await SmtpServer.start();
    servers.push(server);
    server.fault = 'drip';
    const mailer = mailerOf(smtpOptions(new URL(server.url)), { connections: 1 });
    const failures = await Promise.all([1, 2, 3].map(() => failureOf(mailer.send(mail, running()))));
    for (const failure of failures) expectFailure(failure, 'EABORT');
    await until(() => server.open === 0, 'closed connections');
    server.fault = 'none';
    await mailer.send(mail, running());
    // What was given up is not sent afterwards.
    expect(server.received).toHaveLength(1);
  });

  it('fail at once when the job is aborted', async () => {
    const server = await serve();
    server.fault = 'silent';
    const patient = mailerOf(smtpOptions(new URL(server.url)), {
      sendTimeoutMs: 600_000,
      stepTimeoutMs: 600_000,
    });
    expectFailure(await failureOf(patient.send(mail, AbortSignal.abort())), 'EABORT');
    const job = new AbortController();
    const sending = failureOf(patient.send(mail, job.signal));
    await until(() => server.open > 0, 'a connection');
    job.abort();
    expectFailure(await sending, 'EABORT');
    await until(() => server.open === 0, 'a closed connection');
  });

  it('are not sent without a server', async () => {
    const mailer = SmtpMailer.of(null, 'a@example.com');
    expect(mailer.isConfigured).toBe(false);
    await expect(mailer.send(mail, running())).rejects.toThrow('no mail server is configured');
    await mailer.close();
    expect(SmtpMailer.of(new Secret('smtps://mail.example.com'), 'a@example.com').isConfigured).toBe(true);
  });

  it('hold no line of a header that a subject or an address brings along', async () => {
    const server = await serve();
    const mailer = mailerOf(smtpOptions(new URL(server.url)));
    await mailer.send({ ...mail, subject: 'One\r\nBcc: third@example.com\r\n\r\nbody' }, running());
    const [received] = server.received;
    expect(received?.data).not.toMatch(/^Bcc:/im);
    expect(server.received).toHaveLength(1);
  });
});

(openssl ? describe : describe.skip)('mails by SMTP outside of this machine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'velro-mail-'));
  let certificates: Certificates;
  beforeAll(async () => {
    certificates = await makeCertificates(folder);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** As for a host of the internet, whose connection ends at a server here. */
  const outside = (
    scheme: 'smtp' | 'smtps',
    server: MailServer,
    tls: SmtpOptions['tls'] = {},
  ): SmtpOptions => ({
    ...smtpOptions(new URL(`${scheme}://user:${encodeURIComponent('pass:word')}@mail.example.com`)),
    host: '127.0.0.1',
    port: server.port,
    tls: { servername: 'localhost', ...tls },
  });
  const login = { user: 'user', pass: 'pass:word' };
  const ca = (): string => readFileSync(certificates.ca, 'utf8');

  const attempt = async (
    own: MailServerOptions,
    options: (server: MailServer) => SmtpOptions,
  ): Promise<{ failure: string; server: MailServer }> => {
    const server = await MailServer.start(own);
    const mailer = new SmtpMailer(options(server), 'a@example.com', limits);
    const failure = await mailer.send(mail, running()).then(
      () => 'none',
      (cause: unknown) => (cause as Error).message,
    );
    await mailer.close();
    await server.stop();
    return { failure, server };
  };

  it.each(['smtp', 'smtps'] as const)(
    'are sent over %s:// with a trusted certificate and the login',
    async (scheme) => {
      const { failure, server } = await attempt({ certificates, secure: scheme === 'smtps', login }, (at) =>
        outside(scheme, at, { ca: ca() }),
      );
      expect([failure, server.secured]).toEqual(['none', [true]]);
    },
  );

  it.each([
    ['a server that offers no STARTTLS', 'smtp', false, 'localhost', true],
    ['an untrusted certificate behind STARTTLS', 'smtp', true, 'localhost', false],
    ['an untrusted certificate', 'smtps', true, 'localhost', false],
    ['a trusted certificate of another name, behind STARTTLS', 'smtp', true, 'mail.example.com', true],
    ['a trusted certificate of another name', 'smtps', true, 'mail.example.com', true],
  ] as const)('are not sent to %s', async (_, scheme, hasTls, servername, isTrusted) => {
    const once = () =>
      attempt(hasTls ? { certificates, secure: scheme === 'smtps' } : {}, (at) =>
        outside(scheme, at, { servername, ...(isTrusted ? { ca: ca() } : {}) }),
      );
    let { failure, server } = await once();
    // A busy machine may not come to the refusal in time.
    for (let turn = 0; turn < 3 && failure.includes('ETIMEDOUT'); turn++)
      ({ failure, server } = await once());
    expect(failure).toMatch(/^the mail server did not accept the mail: E(TLS|SOCKET|CONNECTION)/);
    expect(server.received).toEqual([]);
  });
});

import { randomBytes } from 'node:crypto';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { makeCertificates, openssl } from '../../../test/support/process/certificates.js';
import { MediaServer } from '../../../test/support/http/media-server.js';
import { troubleOf } from '../../../test/support/generations/remote-trouble.js';
import { HttpsFiles } from './https-files.js';
import { systemLookup, type NameLookup } from './name-lookup.js';

const timeoutMs = 20_000;
const body = randomBytes(300_000);
const listener: RequestListener = (_request, response) => {
  response.writeHead(200, { 'content-length': body.length }).end(body);
};

const v4 = (address: string): LookupAddress => ({ address, family: 4 });
const v6 = (address: string): LookupAddress => ({ address, family: 6 });

/** Answers what it is given, one list after the other, and counts. */
function scripted(...answers: readonly (readonly LookupAddress[])[]): NameLookup & { asked: string[] } {
  const asked: string[] = [];
  return Object.assign(
    (name: string) => {
      asked.push(name);
      return Promise.resolve(answers[Math.min(asked.length, answers.length) - 1] ?? []);
    },
    { asked },
  );
}

async function readAll(files: HttpsFiles, url: string, hosts: readonly string[]) {
  const file = await files.open(url, { hosts, maxBytes: 1_000_000, timeoutMs });
  return buffer(file.stream);
}

describe('the name of a remote file', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const listed = (server: MediaServer) => ({
    url: `http://localhost:${server.port}/whole`,
    rules: { hosts: [`localhost:${server.port}`], maxBytes: 1_000_000, timeoutMs },
  });

  it.each([
    ['one private address among public ones', [v4('8.8.8.8'), v4('10.0.0.1'), v4('1.1.1.1')]],
    ['a private IPv6 address behind a public IPv4 one', [v4('8.8.8.8'), v6('fd00::1')]],
    ['this machine', [v4('127.0.0.1')]],
    ['this machine in IPv6', [v6('::1')]],
    ['the metadata service', [v4('169.254.169.254')]],
    ['a mapped address', [v6('::ffff:127.0.0.1')]],
    ['a translated private address', [v6('64:ff9b::10.0.0.1')]],
    ['the unspecified address', [v4('0.0.0.0')]],
    ['an address with a zone', [v6('fe80::1%eth0')]],
    ['what is no address', [v4('localhost')]],
  ])('is refused when it resolves to %s, and no connection is made', async (_title, addresses) => {
    const connect = jest.spyOn(Socket.prototype, 'connect');
    const files = new HttpsFiles(scripted(addresses));
    const rules = { hosts: 'public', maxBytes: 1000, timeoutMs } as const;
    expect(await troubleOf(files.open('https://media.example.com/a.png', rules))).toBe('refused');
    expect(
      await troubleOf(files.open('https://v3.fal.media/a.png', { ...rules, hosts: ['fal.media'] })),
    ).toBe('refused');
    expect(connect).not.toHaveBeenCalled();
  });

  it('is unreachable when it does not resolve, or not within the timeout', async () => {
    const rules = { hosts: 'public', maxBytes: 1000, timeoutMs: 300 } as const;
    const lookups: NameLookup[] = [
      scripted([]),
      () => Promise.reject(new Error('ENOTFOUND')),
      (_name, signal) => once(signal, 'abort').then(() => Promise.reject(new Error('too long'))),
    ];
    for (const lookup of lookups) {
      expect(await troubleOf(new HttpsFiles(lookup).open('https://media.example.com/', rules))).toBe(
        'unreachable',
      );
    }
  });

  it('is resolved once, and connections go to the checked addresses only', async () => {
    const lookup = scripted([v4('8.8.8.8'), v6('2606:4700:4700::1111')], [v4('127.0.0.1')]);
    const resolved: unknown[] = [];
    // No packet leaves: what a socket would connect to is written down, and the socket is given up.
    jest.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...args: unknown[]) {
      const [options] = args.flat() as [{ host: string; port: number; lookup: (...all: unknown[]) => void }];
      const note = (...found: unknown[]): void => {
        resolved.push(found);
      };
      resolved.push([options.host, options.port]);
      for (let at = 0; at < 3; at++) options.lookup(options.host, { all: true }, note);
      options.lookup(options.host, {}, note);
      process.nextTick(() => this.destroy(new Error('given up')));
      return this;
    });
    const files = new HttpsFiles(lookup);
    const rules = { hosts: 'public', maxBytes: 1000, timeoutMs } as const;
    expect(await troubleOf(files.open('https://rebind.example.com/a.png', rules))).toBe('unreachable');
    expect(lookup.asked).toEqual(['rebind.example.com']);
    const checked = [v4('8.8.8.8'), v6('2606:4700:4700::1111')];
    expect(resolved).toEqual([
      ['rebind.example.com', 443],
      [null, checked],
      [null, checked],
      [null, checked],
      [null, '8.8.8.8', 4],
    ]);
  });

  it('is not resolved again after the check (DNS rebinding)', async () => {
    const server = await MediaServer.start(listener);
    const lookup = scripted([v4('127.0.0.1')], [v4('10.0.0.1')]);
    const { url, rules } = listed(server);
    const file = await new HttpsFiles(lookup).open(url, rules);
    expect((await buffer(file.stream)).equals(body)).toBe(true);
    expect(lookup.asked).toEqual(['localhost']);
    expect(server.asked.map(({ address, headers }) => [address, headers.host])).toEqual([
      ['127.0.0.1', `localhost:${server.port}`],
    ]);
    await server.stop();
  });

  it('is refused when a loopback name resolves to another machine', async () => {
    const server = await MediaServer.start(listener);
    const { url, rules } = listed(server);
    for (const address of ['8.8.8.8', '10.0.0.1']) {
      const lookup = scripted([v4('127.0.0.1'), v4(address)]);
      expect(await troubleOf(new HttpsFiles(lookup).open(url, rules))).toBe('refused');
    }
    expect(server.connections).toBe(0);
    await server.stop();
  });

  it('is not resolved when it is an address', async () => {
    const server = await MediaServer.start(listener);
    const lookup = scripted([v4('10.0.0.1')]);
    await readAll(new HttpsFiles(lookup), server.url('/whole'), [server.host]);
    expect(lookup.asked).toEqual([]);
    await server.stop();
  });
});

describe('the lookup of the system', () => {
  it('gives every address of a name', async () => {
    const found = await systemLookup('localhost', new AbortController().signal);
    expect(found.length).toBeGreaterThan(0);
    for (const { address } of found) expect(['127.0.0.1', '::1']).toContain(address);
  });

  it('rejects when its caller aborts', async () => {
    await expect(systemLookup('localhost', AbortSignal.abort(new Error('gone')))).rejects.toThrow();
  });
});

(openssl ? describe : describe.skip)('over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'velro-https-'));
  const trusted = getCACertificates('default');
  let tls: { cert: Buffer; key: Buffer };
  let authority: string;
  beforeAll(async () => {
    const paths = await makeCertificates(folder);
    tls = { cert: readFileSync(paths.certificate), key: readFileSync(paths.key) };
    authority = readFileSync(paths.ca, 'utf8');
  });
  afterAll(() => {
    setDefaultCACertificates(trusted);
    rmSync(folder, { recursive: true });
  });

  const attempt = (server: MediaServer, name = 'localhost') =>
    readAll(
      new HttpsFiles(scripted([v4('127.0.0.1')], [v4('10.0.0.1')])),
      `https://${name}:${server.port}/whole`,
      [`${name}:${server.port}`],
    );

  it('the certificate is verified for the name, at the checked address', async () => {
    const server = await MediaServer.start(listener, tls);
    setDefaultCACertificates([...trusted, authority]);
    expect((await attempt(server)).equals(body)).toBe(true);
    expect(server.asked).toMatchObject([
      { address: '127.0.0.1', serverName: 'localhost', headers: { host: `localhost:${server.port}` } },
    ]);
    await server.stop();
  });

  it('a connection with an untrusted certificate, or one for another name, fails', async () => {
    const server = await MediaServer.start(listener, tls);
    setDefaultCACertificates(trusted);
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    expect(await troubleOf(attempt(server))).toBe('unreachable');
    Reflect.deleteProperty(process.env, 'NODE_TLS_REJECT_UNAUTHORIZED');
    setDefaultCACertificates([...trusted, authority]);
    expect(await troubleOf(attempt(server, '[::1]'))).toBe('unreachable');
    expect(server.asked).toEqual([]);
    await server.stop();
  });
});

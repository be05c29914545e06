import type { LookupAddress } from 'node:dns';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MediaServer } from '../../../test/support/http/media-server.js';
import {
  answers,
  hostile,
  WebhookReceiver,
  type Reaction,
} from '../../../test/support/http/webhook-receiver.js';
import { HandClock } from '../../../test/support/clock/hand-clock.js';
import { makeCertificates, openssl } from '../../../test/support/process/certificates.js';
import { until } from '../../../test/support/process/wait-until.js';
import type { NameLookup } from '../https/name-lookup.js';
import { HttpsWebhookSender } from './https-webhook-sender.js';

const clock = new HandClock();
const never = new AbortController().signal;
const bodyless = { headers: {}, body: '{}' };

const sender = (lookup?: NameLookup, timeoutMs = 20_000): HttpsWebhookSender =>
  new HttpsWebhookSender(clock, { toLoopback: true, timeoutMs, ...(lookup === undefined ? {} : { lookup }) });

/** Answers one list after the other. */
function scripted(...lists: readonly (readonly string[])[]): NameLookup & { asked: string[] } {
  const asked: string[] = [];
  return Object.assign(
    (name: string): Promise<LookupAddress[]> => {
      asked.push(name);
      const list = lists[Math.min(asked.length, lists.length) - 1] ?? [];
      return Promise.resolve(list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
    },
    { asked },
  );
}

describe('the URL of a webhook endpoint', () => {
  const [strict, loose] = [new HttpsWebhookSender(clock, { toLoopback: false }), sender()];

  it.each([
    'https://hooks.example.com/velro',
    'https://hooks.example.com:443/velro?a=b',
    'https://8.8.8.8/hook',
  ])('%s may be sent to', (url) => {
    expect([strict.accepts(url), loose.accepts(url)]).toEqual([true, true]);
  });

  it.each([
    'http://hooks.example.com/velro',
    'https://hooks.example.com:8443/velro',
    'https://ada:secret@hooks.example.com/',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.1/',
    'https://[::ffff:169.254.169.254]/',
    'https://[fd00::1]/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://metadata.google.internal/',
    'https://db/',
    'https://printer.local/',
    'ftp://hooks.example.com/',
    'https://hooks.example.com\\@10.0.0.1/',
    'no url',
    '',
  ])('%s may not', (url) => {
    expect([strict.accepts(url), loose.accepts(url)]).toEqual([false, false]);
  });

  it.each(['http://127.0.0.1:9/', 'http://localhost:9/', 'https://127.0.0.1:9/', 'http://[::1]:9/'])(
    '%s may be sent to where tests run, and nowhere else',
    (url) => {
      expect([strict.accepts(url), loose.accepts(url)]).toEqual([false, true]);
    },
  );
});

describe('a webhook that is sent', () => {
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterAll(async () => {
    await receiver.stop();
  });

  it('arrives as it was given, over a connection of its own', async () => {
    const url = receiver.at('/plain', answers(200, {}, 'thank you'));
    const body = '{"type":"generation.completed","ü":1}';
    const headers = { 'content-type': 'application/json', 'webhook-id': 'one' };
    const answer = await sender().send({ url, headers, body }, never);
    expect(answer).toEqual({ status: 200, start: 'thank you', retryAfterMs: null });
    const [received] = receiver.of('/plain');
    expect(received).toMatchObject({ body, headers });
    expect(Object.keys(received?.headers ?? {}).sort()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'content-length',
      'content-type',
      'host',
      'user-agent',
      'webhook-id',
    ]);
  });

  it.each([301, 302, 303, 307, 308])('is not sent on to where an answer of %i points', async (status) => {
    const target = receiver.at(`/target-${status}`);
    const url = receiver.at(`/redirect-${status}`, answers(status, { location: target }));
    expect((await sender().send({ url, ...bodyless }, never)).status).toBe(status);
    expect(receiver.of(`/target-${status}`)).toEqual([]);
  });

  it.each([
    ['7', 7000],
    ['0', 0],
    [new Date(clock.now() + 60_000).toUTCString(), 60_000],
    [new Date(clock.now() - 60_000).toUTCString(), 0],
    ['soon', null],
    ['-3', null],
    ['1e9', null],
    ['99999999999999999999', null],
  ])('may be asked for again by a Retry-After of %s', async (text, expected) => {
    const url = receiver.at('/busy', answers(429, { 'retry-after': text }));
    expect(await sender().send({ url, ...bodyless }, never)).toMatchObject({
      status: 429,
      retryAfterMs: expected,
    });
  });

  it.each<[string, Reaction, string]>([
    ['is reset', hostile.resets, 'connection_failed'],
    ['is no HTTP', hostile.garbage, 'response_invalid'],
    ['has too long headers', answers(200, { 'x-long': 'x'.repeat(20_000) }), 'response_invalid'],
  ])('fails by an answer that %s', async (_what, reaction, failure) => {
    const url = receiver.at('/hostile', reaction);
    await expect(sender().send({ url, ...bodyless }, never)).rejects.toMatchObject({ failure });
  });

  it('fails when the answer comes too late', async () => {
    const url = receiver.at('/hangs', hostile.hangs);
    const sent = sender(undefined, 300).send({ url, ...bodyless }, never);
    await expect(sent).rejects.toMatchObject({ failure: 'timeout' });
  });

  it.each<[string, Reaction, string]>([
    ['endless', hostile.floods, 'x'.repeat(1024)],
    ['broken off', hostile.hangsInBody, 'only this'],
  ])('keeps a kilobyte at most of a body that is %s', async (_what, reaction, start) => {
    const url = receiver.at('/body', reaction);
    expect(await sender().send({ url, ...bodyless }, never)).toMatchObject({ status: 200, start });
  });

  it('reads no more of an endless body than it keeps', async () => {
    let written: number | null = null;
    const url = receiver.at('/endless', (response, _received, socket) => {
      socket.once('close', () => (written = socket.bytesWritten));
      hostile.floods(response);
    });
    await sender().send({ url, ...bodyless }, never);
    await until(() => written !== null, 'the end of the connection');
    // What the sockets hold of it.
    expect(written).toBeLessThan(16 * 1024 * 1024);
  });

  it('fails when nobody listens, without the URL in its message', async () => {
    const dead = await WebhookReceiver.start();
    const url = dead.at('/private-path');
    await dead.stop();
    const error: unknown = await sender()
      .send({ url, ...bodyless }, never)
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ failure: 'connection_failed' });
    expect(String(error)).not.toContain('private-path');
  });
});

describe('the address of a webhook', () => {
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterAll(async () => {
    await receiver.stop();
  });

  it.each([
    ['a private one', ['10.0.0.1']],
    ['the metadata service', ['169.254.169.254']],
    ['this machine', ['127.0.0.1']],
    ['a private one among public ones', ['8.8.8.8', 'fd00::1']],
    ['a mapped one', ['::ffff:127.0.0.1']],
  ])('is refused when a public name has %s', async (_what, list) => {
    const sent = sender(scripted(list)).send({ url: 'https://hooks.example.com/', ...bodyless }, never);
    await expect(sent).rejects.toMatchObject({ failure: 'address_refused' });
    expect(receiver.received).toEqual([]);
  });

  it.each([
    ['has no address', () => Promise.resolve([])],
    ['is not found', () => Promise.reject(new Error('ENOTFOUND'))],
  ])('is unresolved when the name %s', async (_what, lookup) => {
    const sent = sender(lookup).send({ url: 'https://hooks.example.com/', ...bodyless }, never);
    await expect(sent).rejects.toMatchObject({ failure: 'name_unresolved' });
  });

  it('is asked for once: a name that changes between check and connection changes nothing', async () => {
    const lookup = scripted(['127.0.0.1'], ['10.0.0.1']);
    const url = receiver.at('/rebound').replace('127.0.0.1', 'localhost');
    expect((await sender(lookup).send({ url, ...bodyless }, never)).status).toBe(204);
    expect(lookup.asked).toEqual(['localhost']);
  });

  (openssl ? it : it.skip)('has to have a certificate that is trusted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'velro-webhook-'));
    const paths = await makeCertificates(folder);
    const tls = { cert: readFileSync(paths.certificate), key: readFileSync(paths.key) };
    const server = await MediaServer.start((_request, response) => response.end(), tls);
    const sent = sender().send({ url: `https://127.0.0.1:${server.port}/`, ...bodyless }, never);
    await expect(sent).rejects.toMatchObject({ failure: 'tls_failed' });
    expect(server.asked).toEqual([]);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { keySetLimits } from '../../src/adapters/fal/fal-key-set.js';
import { FalSignatures } from '../../src/adapters/fal/fal-signatures.js';
import type { SignedCallback } from '../../src/ports/callback-signatures.js';
import type { FalFault } from '../support/fal/fal-faults.js';
import { FalServer } from '../support/fal/fal-server.js';
import type { FalCallback } from '../support/fal/fal-webhooks.js';

/** Only the time of day is set by the tests: timers and sockets go on as they are. */
const allButDate = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;
const advance = (ms: number): void => {
  jest.setSystemTime(Date.now() + ms);
};

const requestId = '3f1c1b9e-6a53-4d0f-9f5a-2f6f6f0c6b10';
const minute = 60_000;
const day = 86_400_000;

const received = ({ headers, body }: FalCallback): SignedCallback => ({
  requestId: headers['x-fal-webhook-request-id'] ?? '',
  userId: headers['x-fal-webhook-user-id'] ?? '',
  timestamp: headers['x-fal-webhook-timestamp'] ?? '',
  signature: headers['x-fal-webhook-signature'] ?? '',
  body,
});

describe('a callback that claims to be from fal', () => {
  let server: FalServer;
  let signatures: FalSignatures;
  beforeEach(async () => {
    server = await FalServer.start();
    jest.useFakeTimers({ now: 1_800_000_000_000, doNotFake: [...allButDate] });
    signatures = new FalSignatures(server.jwksUrl);
  });
  afterEach(async () => {
    jest.useRealTimers();
    expect(server.trap.seen).toEqual([]);
    await server.stop();
  });

  const signed = (body = Buffer.from(`{"request_id":"${requestId}","status":"OK"}`)): SignedCallback =>
    received(server.webhooks.signed('', requestId, body));
  const forged = (): SignedCallback => {
    const job = server.jobs.add({ model: 'fal-ai/veo3', input: {}, webhookUrl: null, headers: {} });
    return received(server.webhooks.forged(job));
  };
  const fetches = (): number => server.keysHost.seen.length;

  it.each([
    ['JSON', Buffer.from('{"a":1}')],
    ['JSON with escapes and spaces', Buffer.from('{ "a" : "\\u00e9" }\n')],
    ['no text', Buffer.from([0xff, 0x00, 0xfe])],
    ['nothing', Buffer.alloc(0)],
  ])('with %s is accepted when fal signed those bytes', async (_title, body) => {
    expect(await signatures.verify(signed(body))).toBe(true);
  });

  const flip = (text: string): string => text.replace(/^./, (digit) => (digit === 'a' ? 'b' : 'a'));
  const bends: [string, (call: SignedCallback) => Partial<SignedCallback>][] = [
    ['another request', () => ({ requestId: requestId.replace('3', '4') })],
    ['another user', ({ userId }) => ({ userId: `${userId}2` })],
    ['another time', ({ timestamp }) => ({ timestamp: String(Number(timestamp) + 1) })],
    ['the time with a zero before it', ({ timestamp }) => ({ timestamp: `0${timestamp}` })],
    ['another body', () => ({ body: Buffer.from('{}') })],
    ['a space more', ({ body }) => ({ body: Buffer.concat([body, Buffer.from(' ')]) })],
    ['another signature', ({ signature }) => ({ signature: flip(signature) })],
    ['the signature in upper case', ({ signature }) => ({ signature: signature.toUpperCase() })],
    ['a short signature', ({ signature }) => ({ signature: signature.slice(0, -2) })],
    ['a long signature', ({ signature }) => ({ signature: `${signature}00` })],
    ['a newline after the signature', ({ signature }) => ({ signature: `${signature}\n` })],
    ['zeros', () => ({ signature: '0'.repeat(128) })],
    ['base64', ({ signature }) => ({ signature: Buffer.from(signature, 'hex').toString('base64') })],
    ['no signature', () => ({ signature: '' })],
    ['no request', () => ({ requestId: '' })],
    ['no user', () => ({ userId: '' })],
    ['no time', () => ({ timestamp: '' })],
    ['a field that holds two', ({ userId, timestamp }) => ({ userId: `${userId}\n${timestamp}` })],
    ['a field without end', () => ({ userId: 'x'.repeat(10_000) })],
  ];
  it.each(bends)('with %s is not accepted', async (_title, bend) => {
    const call = signed();
    expect(await signatures.verify({ ...call, ...bend(call) })).toBe(false);
  });

  it('is not accepted when another key signed it', async () => {
    expect(await signatures.verify(forged())).toBe(false);
  });

  it('is accepted with any of several keys', async () => {
    const first = signed();
    server.webhooks.rotate();
    const second = signed();
    server.webhooks.rotate();
    for (const call of [first, second, signed()]) expect(await signatures.verify(call)).toBe(true);
    expect(fetches()).toBe(1);
  });

  it('is accepted with a new key a minute after the last fetch', async () => {
    expect(await signatures.verify(signed())).toBe(true);
    server.webhooks.rotate();
    expect(await signatures.verify(signed())).toBe(false);
    advance(minute);
    expect(await signatures.verify(signed())).toBe(true);
    expect(fetches()).toBe(2);
  });

  it('causes at most one fetch of the keys a minute, however many are forged', async () => {
    for (let call = 0; call < 20; call += 1) {
      expect(await signatures.verify(forged())).toBe(false);
      advance(minute / 10);
    }
    // At 0 and at 60 of 114 seconds.
    expect(fetches()).toBe(2);
  });

  it('causes one fetch of the keys, however many arrive concurrently', async () => {
    const calls = Array.from({ length: 20 }, () => signatures.verify(signed()));
    expect(await Promise.all(calls)).toEqual(calls.map(() => true));
    expect(fetches()).toBe(1);
  });

  it('is not accepted any more with a key withdrawn a day ago', async () => {
    const old = signed();
    expect(await signatures.verify(old)).toBe(true);
    server.webhooks.rotate({ keep: false });
    advance(day - 1);
    expect(await signatures.verify(old)).toBe(true);
    advance(1);
    expect(await signatures.verify(old)).toBe(false);
  });

  it('is not accepted with keys that a clock set back makes look new', async () => {
    expect(await signatures.verify(signed())).toBe(true);
    advance(-day);
    const old = signed();
    server.webhooks.rotate({ keep: false });
    expect(await signatures.verify(old)).toBe(false);
    expect(await signatures.verify(signed())).toBe(true);
    expect(fetches()).toBe(2);
  });

  it('is answered with a retryable error when the keys cannot be fetched', async () => {
    await server.keysHost.refuse();
    await expect(signatures.verify(signed())).rejects.toThrow();
    await server.keysHost.accept();
    // The next attempt is a moment later.
    await expect(signatures.verify(signed())).rejects.toThrow();
    expect(fetches()).toBe(0);
    advance(keySetLimits.retryEveryMs);
    expect(await signatures.verify(signed())).toBe(true);
  });

  it('is verified with the cached keys for a day, and then answered with a retryable error', async () => {
    expect(await signatures.verify(signed())).toBe(true);
    await server.keysHost.refuse();
    advance(day - 1);
    expect(await signatures.verify(signed())).toBe(true);
    expect(await signatures.verify(forged())).toBe(false);
    advance(day);
    await expect(signatures.verify(signed())).rejects.toThrow();
  });

  const bent = (body: unknown): FalFault => ({ kind: 'bent', bend: () => body });
  const bad: [string, FalFault][] = [
    ['500', { kind: 'error', status: 500, when: 'before' }],
    ['404', { kind: 'error', status: 404, when: 'before' }],
    ['a reset', { kind: 'reset', when: 'before' }],
    ['silence', { kind: 'hang' }],
    ['half an answer', { kind: 'drip' }],
    ['an answer cut off', { kind: 'cut' }],
    ['a page', { kind: 'garbage' }],
    ['an endless answer', { kind: 'huge' }],
    ['nothing', bent(null)],
    ['no list', bent({ keys: 'x' })],
    ['no key', bent({ keys: [] })],
    ['keys of another kind', bent({ keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }, null, 'x', 7] })],
    ['a key that is too short', bent({ keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'AAAA' }] })],
    ['a key of another curve', bent({ keys: [{ kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) }] })],
  ];
  describe.each(bad)('when the key set is %s', (_title, fault) => {
    it('is answered with a retryable error, and accepted once the key set is valid', async () => {
      server.faults.on('jwks', fault);
      const impatient = new FalSignatures(server.jwksUrl, { ...keySetLimits, fetchTimeoutMs: 1000 });
      await expect(impatient.verify(signed())).rejects.toThrow();
      server.faults.clear();
      advance(keySetLimits.retryEveryMs);
      expect(await impatient.verify(signed())).toBe(true);
    });

    it('is still verified with the cached keys', async () => {
      const impatient = new FalSignatures(server.jwksUrl, { ...keySetLimits, fetchTimeoutMs: 1000 });
      const call = signed();
      expect(await impatient.verify(call)).toBe(true);
      server.faults.on('jwks', fault);
      advance(minute);
      expect(await impatient.verify(forged())).toBe(false);
      expect(await impatient.verify(call)).toBe(true);
    });
  });

  it('causes no request to another host', async () => {
    server.faults.on('jwks', { kind: 'redirect', to: server.trap.url, status: 302 });
    await expect(signatures.verify(signed())).rejects.toThrow();
  });
});

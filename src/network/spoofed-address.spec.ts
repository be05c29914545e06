import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import type { TrustedProxy } from '../../config/config.js';
import { addressReader } from './client-address.js';

const evil = '203.0.113.66';
/** What stands in the headers by which proxies and frameworks are told, or fooled, about addresses. */
const values = [
  evil,
  ` ${evil} `,
  `${evil}, 10.0.0.1`,
  `10.0.0.1, ${evil}`,
  `${evil},`,
  `,${evil}`,
  `${evil}:8080`,
  `[${evil}]`,
  `::ffff:${evil}`,
  `0:0:0:0:0:ffff:${evil}`,
  '0313.0.0161.0102',
  '0xcb007142',
  '3405803842',
  '203.0.29046',
  '203.0.113.066',
  '203.0.113.66%0a',
  '2001:db8::66',
  '2001:db8::66%eth0',
  '[2001:db8::66]:443',
  '127.0.0.1',
  'localhost',
  'unknown',
  '_hidden',
  '-1',
  '',
  'null',
  'a'.repeat(5000),
  Array(200).fill(evil).join(','),
] as const;
const names = [
  'x-forwarded-for',
  'x-real-ip',
  'forwarded',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'fastly-client-ip',
  'x-forwarded',
  'x-originating-ip',
  'x-remote-ip',
  'x-remote-addr',
  'x-forwarded-host',
  'via',
] as const;

/** Every name with the plain address, and every value under the two names that are ever read: 68 variants. */
const variants: [string, IncomingHttpHeaders][] = [
  ...names.map((name): [string, IncomingHttpHeaders] => [
    name,
    { [name]: name === 'forwarded' ? `for=${evil}` : evil },
  ]),
  ...values.flatMap((value): [string, IncomingHttpHeaders][] => [
    [`x-forwarded-for: ${value.slice(0, 30)}`, { 'x-forwarded-for': value }],
    [`x-real-ip: ${value.slice(0, 30)}`, { 'x-real-ip': value }],
  ]),
];

const modes: [string, TrustedProxy, string][] = [
  ['no proxy', { mode: 'none' }, '198.51.100.7'],
  [
    'Railway, from a peer that may not speak for others',
    { mode: 'railway', peers: ['10.0.0.0/8'] },
    '198.51.100.7',
  ],
  ['a list of proxies, from a peer that is none', { mode: 'cidr', trusted: ['10.0.0.0/8'] }, '198.51.100.7'],
];

describe.each(modes)('with %s', (_title, proxy, peer) => {
  const read = addressReader(proxy);

  it('has more than forty variants to try', () => {
    expect(variants.length).toBeGreaterThan(40);
  });

  it.each(variants)('the key of a client stays what it is under %s', (_name, headers) => {
    expect(read(peer, headers)).toEqual({ ip: peer, key: peer });
    // A second reader has nothing remembered.
    expect(addressReader(proxy)(peer, headers).key).toBe(peer);
  });

  it('two clients never share a cached address', () => {
    for (const [, headers] of variants) {
      expect(read('198.51.100.8', headers).key).toBe('198.51.100.8');
      expect(read(peer, headers).key).toBe(peer);
    }
  });
});

describe("behind a proxy that appends the peer's address", () => {
  const read = addressReader({ mode: 'cidr', trusted: ['10.0.0.0/8'] });

  it.each(values)(
    'whatever the client wrote before (%p) leaves the key the address that the proxy saw',
    (value) => {
      expect(read('10.0.0.1', { 'x-forwarded-for': `${value}, 198.51.100.9` }).key).toBe('198.51.100.9');
      expect(read('10.0.0.1', { 'x-forwarded-for': `${value}, 198.51.100.9, 10.2.3.4` }).key).toBe(
        '198.51.100.9',
      );
    },
  );
});

describe('behind Railway', () => {
  const read = addressReader({ mode: 'railway', peers: ['100.64.0.0/10'] });

  it.each(values)('X-Forwarded-For (%p) is ignored beside the address that the edge reports', (value) => {
    expect(read('100.64.0.2', { 'x-forwarded-for': value, 'x-real-ip': '198.51.100.9' }).key).toBe(
      '198.51.100.9',
    );
  });

  it('users behind it do not share a bucket', () => {
    const keys = ['198.51.100.1', '198.51.100.2', '2001:db8:1::1', '2001:db8:2::1'].map(
      (ip) => read('100.64.0.2', { 'x-real-ip': ip }).key,
    );
    expect(new Set(keys).size).toBe(4);
  });
});

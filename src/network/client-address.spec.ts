import { describe, expect, it } from '@jest/globals';
import type { TrustedProxy } from '../../config/config.js';
import { addressReader } from './client-address.js';

const railway: TrustedProxy = { mode: 'railway', peers: ['100.64.0.0/10', '10.0.0.0/8'] };
const proxies: TrustedProxy = { mode: 'cidr', trusted: ['10.0.0.0/8', '2001:db8:aaaa::/48'] };
const none: TrustedProxy = { mode: 'none' };

const key = (proxy: TrustedProxy, peer: string, headers: Record<string, string | string[]> = {}): string =>
  addressReader(proxy)(peer, headers).key;

/** What an attacker writes to look like somebody else. */
const spoofs: Record<string, string | string[]>[] = [
  { 'x-forwarded-for': '1.2.3.4' },
  { 'x-forwarded-for': '127.0.0.1' },
  { 'x-forwarded-for': ['1.2.3.4', '5.6.7.8'] },
  { 'x-real-ip': '1.2.3.4' },
  { 'x-real-ip': '::1' },
  { 'x-client-ip': '1.2.3.4' },
  { 'cf-connecting-ip': '1.2.3.4' },
  { 'true-client-ip': '1.2.3.4' },
  { 'x-cluster-client-ip': '1.2.3.4' },
  { 'fastly-client-ip': '1.2.3.4' },
  { forwarded: 'for=1.2.3.4' },
  { forwarded: 'for="[::1]";proto=https' },
  { 'x-forwarded-host': '1.2.3.4' },
  { 'x-originating-ip': '1.2.3.4' },
  { 'x-remote-addr': '1.2.3.4' },
];

describe('the client address', () => {
  it.each(spoofs)('is the peer, whatever %j says, where no proxy is trusted', (headers) => {
    expect(key(none, '203.0.113.9', headers)).toBe('203.0.113.9');
  });

  it.each(spoofs)('is the peer, whatever %j says, where the peer is no proxy of ours', (headers) => {
    expect(key(railway, '203.0.113.9', headers)).toBe('203.0.113.9');
    expect(key(proxies, '203.0.113.9', headers)).toBe('203.0.113.9');
  });

  it('behind Railway is the one that the edge reports, whatever the client sends', () => {
    expect(key(railway, '100.64.0.7', { 'x-real-ip': '198.51.100.4', 'x-forwarded-for': '1.1.1.1' })).toBe(
      '198.51.100.4',
    );
  });

  it.each([
    '',
    'garbage',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.4:',
    '1.2.3.4:port',
    '[1.2.3.4]',
    '[::1',
    '::1]',
    '[::1]:x',
    '[fe80::1%eth0]',
    '[]:443',
    '0x7f.1',
    '017.0.0.1',
    '2130706433',
    'fe80::1%eth0',
    '1.2.3.4, 5.6.7.8',
    'a'.repeat(5000),
  ])('behind Railway falls back to the peer when the edge reports %p', (name) => {
    expect(key(railway, '100.64.0.7', { 'x-real-ip': name })).toBe('100.64.0.7');
  });

  it('behind a list of proxies is the first address from the right that is not one of them', () => {
    expect(key(proxies, '10.0.0.1', { 'x-forwarded-for': '1.1.1.1, 198.51.100.4, 10.2.2.2' })).toBe(
      '198.51.100.4',
    );
    expect(key(proxies, '10.0.0.1', { 'x-forwarded-for': ['1.1.1.1', '198.51.100.4, 10.2.2.2'] })).toBe(
      '198.51.100.4',
    );
    expect(key(proxies, '10.0.0.1', { 'x-forwarded-for': '1.1.1.1, garbage, 10.2.2.2' })).toBe('10.2.2.2');
    expect(key(proxies, '10.0.0.1', {})).toBe('10.0.0.1');
  });

  it.each([
    ['203.0.113.7:51234', '203.0.113.7'],
    ['203.0.113.7', '203.0.113.7'],
    ['[2001:db8::1]:443', '2001:db8:0:0::/64'],
    ['[2001:db8::1]', '2001:db8:0:0::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['[::ffff:203.0.113.7]:443', '203.0.113.7'],
  ])('is read from %p where a trusted proxy wrote it', (entry, expected) => {
    const unreadable: string[] = [];
    for (const [proxy, peer, name] of [
      [proxies, '10.0.0.1', 'x-forwarded-for'],
      [railway, '100.64.0.7', 'x-real-ip'],
    ] as const)
      expect(addressReader(proxy, (header) => unreadable.push(header))(peer, { [name]: entry }).key).toBe(
        expected,
      );
    const through = `198.51.100.1, ${entry}, 10.2.2.2:80`;
    expect(key(proxies, '10.0.0.1', { 'x-forwarded-for': through })).toBe(expected);
    expect(unreadable).toEqual([]);
  });

  it('is reported, each time, where a trusted proxy names it in a form that cannot be read', () => {
    const unreadable: string[] = [];
    const read = addressReader(proxies, (header) => unreadable.push(header));
    for (const entry of ['unknown', 'unknown', '_hidden', '203.0.113.7:port', ''])
      expect(read('10.0.0.1', { 'x-forwarded-for': entry }).key).toBe('10.0.0.1');
    expect(unreadable).toEqual(Array(5).fill('x-forwarded-for'));
    // Its own requests have no client, and nobody else is asked.
    read('10.0.0.1', {});
    read('198.51.100.7', { 'x-forwarded-for': 'unknown' });
    read('10.0.0.1', { 'x-forwarded-for': 'unknown, 198.51.100.7' });
    expect(unreadable).toHaveLength(5);
  });

  it('stays that of the client after a chain of a thousand forged hops', () => {
    expect(key(proxies, '10.0.0.1', { 'x-forwarded-for': `${'10.9.9.9, '.repeat(1000)}198.51.100.4` })).toBe(
      '198.51.100.4',
    );
  });

  it('is the same for an IPv4 address and its IPv6-mapped spelling', () => {
    expect(key(none, '::ffff:203.0.113.9')).toBe('203.0.113.9');
    expect(key(railway, '::ffff:100.64.0.7', { 'x-real-ip': '::ffff:198.51.100.4' })).toBe('198.51.100.4');
  });

  it('counts an IPv6 client by its /64, and two networks apart', () => {
    expect(key(none, '2001:db8:1:2::1')).toBe(key(none, '2001:db8:1:2:ffff:ffff:ffff:ffff'));
    expect(key(none, '2001:db8:1:2::1')).not.toBe(key(none, '2001:db8:1:3::1'));
  });

  it('keeps two clients behind one proxy apart', () => {
    const ask = (name: string): string => key(railway, '100.64.0.7', { 'x-real-ip': name });
    expect(ask('198.51.100.4')).not.toBe(ask('198.51.100.5'));
  });
});

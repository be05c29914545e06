import { describe, expect, it } from '@jest/globals';
import { isPublicAddress } from '../../network/public-address.js';
import { readTarget } from './remote-target.js';

describe('an address', () => {
  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.1',
    '192.0.0.192',
    '192.0.2.1',
    '192.31.196.1',
    '192.52.193.1',
    '192.88.99.1',
    '192.168.1.1',
    '192.175.48.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::808:808',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '::ffff:0:8.8.8.8',
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::8.8.8.8',
    '100::1',
    '2001::1',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2002:808:808::1',
    '2620:4f:8000::1',
    '3fff::1',
    '4000::1',
    '5f00::1',
    'fc00::1',
    'fd12:3456:789a::1',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '0177.0.0.1',
    'no address',
    '',
  ])('%p is not one of the public internet', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '11.0.0.1',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001:800::200e',
    '64:ff9b::8.8.8.8',
  ])('%p is one of the public internet', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('an untrusted URL', () => {
  it.each([
    'http://media.example.com/a.png',
    'ftp://media.example.com/a.png',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'gopher://media.example.com/',
    '//media.example.com/a.png',
    'media.example.com/a.png',
    '',
    'https://',
    'https:///a.png',
    'https:media.example.com/a.png',
    'https:/media.example.com/a.png',
    'https:\\\\media.example.com\\a.png',
    'https://media.example.com\\@10.0.0.1/',
    ' https://media.example.com/a.png',
    'https://media.example.com/a.png\n',
    'https://media.exam\tple.com/a.png',
    'https://media.example.com/a.png HTTP/1.1\r\nhost: x',
    'https://user@media.example.com/a.png',
    'https://user:password@media.example.com/a.png',
    'https://media.example.com:80@10.0.0.1/',
    'https://@media.example.com/',
    'https://media.example.com:80/a.png',
    'https://media.example.com:22/a.png',
    'https://media.example.com:8443/a.png',
    'https://media.example.com:/a.png',
    'https://media.example.com:99999/a.png',
    'https://127.0.0.1/a.png',
    'https://127.1/a.png',
    'https://2130706433/a.png',
    'https://0x7f000001/a.png',
    'https://0x7f.0.0.1/a.png',
    'https://0177.0.0.1/a.png',
    'https://017700000001/a.png',
    'https://１２７.0.0.1/a.png',
    'https://①②⑦.0.0.1/a.png',
    'https://134744072/a.png',
    'https://8.8.2056/a.png',
    'https://010.8.8.8/a.png',
    'https://8.8.8.8./a.png',
    'https://%31%32%37.0.0.1/a.png',
    'https://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1/',
    'https://192.168.0.1/',
    'https://0.0.0.0/',
    'https://0/',
    'https://[::1]/',
    'https://[::]/',
    'https://[0:0:0:0:0:0:0:1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[fd00::1]/',
    'https://[fe80::1%25eth0]/',
    'https://[2606:4700:4700:0:0:0:0:1111]/',
    'https://localhost/',
    'https://LOCALHOST/',
    'https://ⓛocalhost/',
    'https://a.localhost/',
    'https://localhost.localdomain/',
    'https://metadata.google.internal/computeMetadata/v1/',
    'https://postgres.railway.internal/',
    'https://printer.local/',
    'https://router.home.arpa/',
    'https://hidden.onion/',
    'https://intranet/',
    'https://postgres/',
    'https://media.example.com./a.png',
    'https://media..example.com/a.png',
    'https://-media.example.com/a.png',
    'https://.example.com/',
    'https://bücher.example.com/a.png',
    'https://media。example。com/a.png',
    'https://media.example.com\u00ad/',
    'https://media%2eexample.com/',
    `https://media.example.com/${'a'.repeat(5000)}`,
    `https://${'a.'.repeat(150)}com/`,
  ])('is refused: %p', (url) => {
    expect(() => readTarget(url, { hosts: 'public' })).toThrow('refused');
  });

  it.each([
    ['https://media.example.com/a.png?x=1#top', 'https://media.example.com/a.png?x=1'],
    ['HTTPS://Media.Example.COM/A.png', 'https://media.example.com/A.png'],
    ['https://media.example.com:443/a.png', 'https://media.example.com/a.png'],
    ['https://media.example.com', 'https://media.example.com/'],
    ['https://xn--bcher-kva.example.com/ä.png', 'https://xn--bcher-kva.example.com/%C3%A4.png'],
    ['https://my_bucket.example.com/a%20b.png', 'https://my_bucket.example.com/a%20b.png'],
    ['https://8.8.8.8/a.png', 'https://8.8.8.8/a.png'],
    ['https://[2606:4700:4700::1111]/a.png', 'https://[2606:4700:4700::1111]/a.png'],
  ])('is accepted: %p', (url, asked) => {
    const target = readTarget(url, { hosts: 'public' });
    expect(target.url.href).toBe(asked);
    expect(target.allows('8.8.8.8')).toBe(true);
    expect(target.allows('127.0.0.1')).toBe(false);
  });
});

describe('a list of hosts', () => {
  const hosts = [
    'fal.media',
    'files.example.com:8443',
    'localhost:4010',
    '127.0.0.1:4011',
    '[::1]:4012',
    '10.0.0.5',
  ];

  it.each([
    'https://fal.media/a.png',
    'https://fal.media:443/a.png',
    'https://v3.fal.media/a.png',
    'https://a.b.FAL.media/a.png',
    'https://files.example.com:8443/a.png',
    'https://eu.files.example.com:8443/a.png',
    'http://localhost:4010/a.png',
    'https://localhost:4010/a.png',
    'http://127.0.0.1:4011/a.png',
    'http://[::1]:4012/a.png',
  ])('accepts %p', (url) => {
    expect(() => readTarget(url, { hosts })).not.toThrow();
  });

  it.each([
    'https://evilfal.media/a.png',
    'https://fal.media.evil.com/a.png',
    'https://fal.mediaevil.com/a.png',
    'https://xfal.media/a.png',
    'https://fal-media.com/a.png',
    'https://fal.media./a.png',
    'https://fal.media:8443/a.png',
    'https://evil.com/fal.media',
    'https://evil.com/?fal.media',
    'https://evil.com#fal.media',
    'https://fal.media@evil.com/',
    'https://evil.com\\.fal.media/',
    'http://fal.media/a.png',
    'http://v3.fal.media/a.png',
    'https://files.example.com/a.png',
    'https://files.example.com:443/a.png',
    'http://files.example.com:8443/a.png',
    'http://localhost/a.png',
    'http://localhost:4011/a.png',
    'http://evil.localhost:4010/a.png',
    'http://127.0.0.1:4010/a.png',
    'http://127.0.0.2:4011/a.png',
    'http://2130706433:4011/a.png',
    'http://127.1:4011/a.png',
    'https://10.0.0.5/a.png',
    'https://media.example.com/a.png',
  ])('does not accept %p', (url) => {
    expect(() => readTarget(url, { hosts })).toThrow('refused');
  });

  it('allows loopback addresses for loopback hosts only, and public ones for the others', () => {
    const ours = readTarget('http://localhost:4010/', { hosts });
    expect(['127.0.0.1', '::1', '8.8.8.8', '10.0.0.1'].map(ours.allows)).toEqual([true, true, false, false]);
    const theirs = readTarget('https://fal.media/', { hosts });
    expect(['127.0.0.1', '::1', '8.8.8.8', '10.0.0.1'].map(theirs.allows)).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  it('accepts nothing when it is empty', () => {
    expect(() => readTarget('https://fal.media/', { hosts: [] })).toThrow('refused');
  });
});

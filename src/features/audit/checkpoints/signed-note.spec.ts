import { describe, expect, it } from '@jest/globals';
import { merkleRoot } from './merkle-root.js';
import { NoteSigner } from './signed-note.js';

/** The example of the Go package golang.org/x/mod/sumdb/note. */
const example = {
  seed: Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1),
  name: 'PeterNeumann',
  verifierKey: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  signature:
    '\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};

describe('a signed note', () => {
  const signer = new NoteSigner(example.seed, example.name);
  const note = `${example.text}\n${example.signature}`;

  it('is the one that other implementations write and verify', () => {
    expect(signer.verifierKey).toBe(example.verifierKey);
    expect(signer.note(example.text)).toBe(note);
    expect(signer.open(note)).toBe(example.text);
  });

  it.each([
    ['another text', note.replace('answer', 'question')],
    ['another name', note.replace('\u2014 PeterNeumann', '\u2014 Somebody')],
    ['a signature of which a byte is another', note.replace('BwJnAM', 'BwJnAQ')],
    ['no signature', `${example.text}\n`],
    ['a signature that is cut off', `${example.text}\n\u2014 PeterNeumann x08go/ZJ\n`],
    ['nothing at all', ''],
    ['the signature of another key', new NoteSigner(Buffer.alloc(32, 7), example.name).note(example.text)],
  ])('with %s is not opened', (_, other) => {
    expect(signer.open(other)).toBeNull();
  });

  it('is opened by its signature among those of others', () => {
    const cosigned = note.replace(example.signature, `\u2014 witness AAAA\n${example.signature}`);
    expect(signer.open(cosigned)).toBe(example.text);
  });

  it('has a name of its own for each key', () => {
    const names = [1, 2].map((byte) => new NoteSigner(Buffer.alloc(32, byte)).name);
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^velro-audit\/[0-9a-f]{16}$/);
  });
});

describe('the root of a Merkle tree', () => {
  /** The tests of Certificate Transparency (RFC 6962). */
  const leaves = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ];
  it.each([
    [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [1, '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
    [2, 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
    [3, 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
    [4, 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
    [5, '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
    [8, '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
  ])('over %i leaves is the one of the standard', (count, root) => {
    expect(merkleRoot(leaves.slice(0, count).map((leaf) => Buffer.from(leaf, 'hex'))).toString('hex')).toBe(
      root,
    );
  });
});

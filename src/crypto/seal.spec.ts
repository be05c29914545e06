import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Random } from '../ports/random.js';
import { Seal } from './seal.js';

class Chance extends Random {
  uuid(): string {
    return randomUUID();
  }

  timeOrderedUuid(): string {
    return randomUUID();
  }

  bytes(count: number): Buffer {
    return randomBytes(count);
  }
}

const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
const before = new Seal([oldKey], new Chance());
const during = new Seal([newKey, oldKey], new Chance());
const after = new Seal([newKey], new Chance());
const plain = randomBytes(20);

describe('a sealed secret', () => {
  it('decrypts in its own context, and is different each time', () => {
    const sealed = before.seal(plain, 'mfa secret ada');
    expect(before.open(sealed, 'mfa secret ada')).toEqual({ plain, current: true });
    expect(sealed.includes(plain)).toBe(false);
    expect(before.seal(plain, 'mfa secret ada').equals(sealed)).toBe(false);
  });

  it.each(['mfa secret bob', 'mfa secret ada ', '', 'mfa challenge'])(
    'does not decrypt in the context "%s"',
    (context) => {
      expect(before.open(before.seal(plain, 'mfa secret ada'), context)).toBeNull();
    },
  );

  it('decrypts under the previous key during a rotation, reports that, and not after it', () => {
    const sealed = before.seal(plain, 'c');
    expect(during.open(sealed, 'c')).toEqual({ plain, current: false });
    expect(after.open(sealed, 'c')).toBeNull();
    expect(after.open(during.seal(plain, 'c'), 'c')).toEqual({ plain, current: true });
  });

  it('does not decrypt when a single bit is changed or a byte is missing', () => {
    const sealed = before.seal(plain, 'c');
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(before.open(changed, 'c')).toBeNull();
    }
    for (let length = 0; length < sealed.length; length++)
      expect(before.open(sealed.subarray(0, length), 'c')).toBeNull();
  });
});

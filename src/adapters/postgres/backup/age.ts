import { Decrypter, Encrypter } from 'age-encryption';
import { sha256 } from '../../../crypto/hash.js';
import { BackupError } from './backup-error.js';

type Bytes = AsyncIterable<Uint8Array>;
/** A stage of a pipeline of streams. */
export type Stage = (source: Bytes) => AsyncGenerator<Uint8Array>;

/**
 * Encrypts to a public key (age, https://age-encryption.org/v1): what encrypts cannot read what it has encrypted.
 * @throws BackupError when `recipient` is none; the message does not repeat it, as it might be the identity
 */
export function encryptionTo(recipient: string): Stage {
  const encrypter = new Encrypter();
  try {
    encrypter.addRecipient(recipient);
  } catch {
    throw new BackupError('the recipient is not a public key of age (age1…)');
  }
  return async function* (source) {
    yield* await encrypter.encrypt(ReadableStream.from(source) as ReadableStream<Uint8Array>);
  };
}

/** Tells a public key from another one, in 16 hexadecimal digits. */
export const markOf = (recipient: string): string => sha256(recipient).toString('hex').slice(0, 16);

/**
 * Bytes that age makes of a content that is encrypted to one X25519 recipient, as its specification says: a header of 168, a nonce, and a tag
 * behind each 64 KiB, of which an empty content has one.
 */
export const encryptedBytes = (bytes: number): number =>
  184 + bytes + 16 * Math.max(1, Math.ceil(bytes / 65_536));

/**
 * Decrypts with the identities of a file of `age-keygen`: one a line, comments by `#`.
 * @throws BackupError when there is none; the message repeats nothing of the file
 */
export function decryptionBy(identityFile: string): Stage {
  const decrypter = new Decrypter();
  const identities = identityFile
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  try {
    if (identities.length === 0) throw new Error('no line');
    for (const identity of identities) decrypter.addIdentity(identity);
  } catch {
    throw new BackupError('the file holds no identity of age (AGE-SECRET-KEY-1…)');
  }
  return async function* (source) {
    yield* await decrypter.decrypt(ReadableStream.from(source) as ReadableStream<Uint8Array>);
  };
}

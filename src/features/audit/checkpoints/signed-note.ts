import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** What an Ed25519 seed is in front of in PKCS #8 (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const spki = Buffer.from('302a300506032b6570032100', 'hex');
/** Of Ed25519 among the signature types of notes. */
const ed25519 = 1;
const idBytes = 4;
/** What a line of a signature begins with: a dash of its own, and a blank. */
const dash = '\u2014 ';

/** Name, id and key of a verifier. */
const keyForm = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/;

/** Signs notes as transparency logs write them (C2SP signed-note). */
export class NoteSigner {
  /** Of the log, and of its key: no two logs have the same. */
  readonly name: string;
  private readonly key: KeyObject;
  private readonly publicKey: Buffer;

  /** `seed`: 32 bytes. `name`: by default one of the key's own. */
  constructor(seed: Buffer, name?: string) {
    this.key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
    this.publicKey = createPublicKey(this.key).export({ format: 'der', type: 'spki' }).subarray(spki.length);
    this.name =
      name ?? `velro-audit/${createHash('sha256').update(this.publicKey).digest('hex').slice(0, 16)}`;
  }

  /** The public key as verifiers take it: name, id and key. */
  get verifierKey(): string {
    const key = Buffer.concat([Buffer.of(ed25519), this.publicKey]);
    return `${this.name}+${this.id().toString('hex')}+${key.toString('base64')}`;
  }

  /** The note of a text, which ends with a line feed. */
  note(text: string): string {
    return `${text}\n${dash}${this.name} ${Buffer.concat([this.id(), this.sign(Buffer.from(text))]).toString('base64')}\n`;
  }

  /** The text of a note that this key has signed; null for every other. */
  open(note: string): string | null {
    const end = note.lastIndexOf(`\n\n${dash}`);
    if (end < 0) return null;
    const text = note.slice(0, end + 1);
    for (const line of note.slice(end + 2).split('\n')) {
      if (!line.startsWith(`${dash}${this.name} `)) continue;
      const signature = Buffer.from(line.slice(dash.length + this.name.length + 1), 'base64');
      if (!signature.subarray(0, idBytes).equals(this.id())) continue;
      if (this.isOf(Buffer.from(text), signature.subarray(idBytes))) return text;
    }
    return null;
  }

  /** 64 bytes. */
  sign(bytes: Buffer): Buffer {
    return sign(null, bytes, this.key);
  }

  isOf(bytes: Buffer, signature: Buffer): boolean {
    return signature.length === 64 && verify(null, bytes, createPublicKey(this.key), signature);
  }

  private id(): Buffer {
    const hash = createHash('sha256')
      .update(`${this.name}\n`)
      .update(Buffer.of(ed25519))
      .update(this.publicKey);
    return hash.digest().subarray(0, idBytes);
  }
}

/**
 * The text of a note that the holder of a verifier key (name, id and public key, as `verifierKey` gives it) has signed; null for every other, and
 * where that is no such key.
 */
export function openNote(note: string, verifierKey: string): string | null {
  const [, name, id, encoded = ''] = keyForm.exec(verifierKey.trim()) ?? [];
  const key = Buffer.from(encoded, 'base64');
  if (name === undefined || key.length !== 33 || key[0] !== ed25519) return null;
  const publicKey = createPublicKey({
    key: Buffer.concat([spki, key.subarray(1)]),
    format: 'der',
    type: 'spki',
  });
  const end = note.lastIndexOf(`\n\n${dash}`);
  if (end < 0) return null;
  const text = note.slice(0, end + 1);
  for (const line of note.slice(end + 2).split('\n')) {
    if (!line.startsWith(`${dash}${name} `)) continue;
    const signature = Buffer.from(line.slice(dash.length + name.length + 1), 'base64');
    if (signature.subarray(0, idBytes).toString('hex') !== id || signature.length !== idBytes + 64) continue;
    if (verify(null, Buffer.from(text), publicKey, signature.subarray(idBytes))) return text;
  }
  return null;
}

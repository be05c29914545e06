import { randomBytes } from 'node:crypto';

/** Signatures of other kinds begin with one of these; by chance they stand in random bytes now and then. */
const beginnings = new Set('<Pp%'.split('').map((character) => character.charCodeAt(0)));

/** What stands for encoded frames: any bytes that can pass for nothing else. */
export const frameBytes = (count: number): Buffer =>
  randomBytes(count).map((byte) => (beginnings.has(byte) ? 0 : byte)) as Buffer;

/** A box of MP4. */
export function box(name: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length + 8);
  head.write(name, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/** A box whose size stands behind its name, in 8 bytes. */
export function longBox(name: string, body: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(1);
  head.write(name, 4, 'latin1');
  head.writeBigUInt64BE(BigInt(body.length + 16), 8);
  return Buffer.concat([head, body]);
}

export const brands = (text = 'isom\0\0\x02\0isomiso2avc1mp41'): Buffer =>
  box('ftyp', Buffer.from(text, 'latin1'));
export const movie = (): Buffer => box('moov', box('mvhd', Buffer.alloc(100)));

/** The containers of a video, with noise where its frames would be. */
export const mp4 = (bytes = 100_000): Buffer =>
  Buffer.concat([brands(), box('free', Buffer.alloc(8)), box('mdat', frameBytes(bytes)), movie()]);

const element = (name: string, size: string, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(name + size, 'hex'), body]);

/** EBML header with its document type, then a segment. `isOpen`: of unknown size, as live encoders write it. */
export function webm(bytes = 100_000, isOpen = false, type = 'webm'): Buffer {
  const document = element('4282', `8${type.length.toString(16)}`, Buffer.from(type));
  const size = isOpen ? '01ffffffffffffff' : `01${bytes.toString(16).padStart(14, '0')}`;
  return Buffer.concat([
    element('1a45dfa3', `8${document.length.toString(16)}`, document),
    element('18538067', size, frameBytes(bytes)),
  ]);
}

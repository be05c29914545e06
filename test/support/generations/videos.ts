import { randomBytes } from 'node:crypto';

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
  Buffer.concat([brands(), box('free', Buffer.alloc(8)), box('mdat', randomBytes(bytes)), movie()]);

const element = (name: string, size: string, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(name + size, 'hex'), body]);

/** EBML header with its document type, then a segment. `isOpen`: of unknown size, as live encoders write it. */
export function webm(bytes = 100_000, isOpen = false, type = 'webm'): Buffer {
  const document = element('4282', `8${type.length.toString(16)}`, Buffer.from(type));
  const size = isOpen ? '01ffffffffffffff' : `01${bytes.toString(16).padStart(14, '0')}`;
  return Buffer.concat([
    element('1a45dfa3', `8${document.length.toString(16)}`, document),
    element('18538067', size, randomBytes(bytes)),
  ]);
}

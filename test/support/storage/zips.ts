import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipPart {
  readonly name: string;
  readonly bytes: Buffer;
  /** Default: deflated. */
  readonly method?: number;
  readonly flags?: number;
  /** What the headers say in the place of what is true. */
  readonly size?: number;
  readonly crc?: number;
  /** In front of its local header, spoken of by nothing. */
  readonly before?: Buffer;
  /** Left out of the central directory. */
  readonly isHidden?: boolean;
}

/** A zip, made by hand so that it can be wrong. */
export function zipOf(parts: readonly ZipPart[], comment = ''): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, bytes, method = 8, flags = 0, size, crc, before, isHidden } of parts) {
    if (before !== undefined) {
      files.push(before);
      at += before.length;
    }
    const data = method === 8 ? deflateRawSync(bytes, { level: 9 }) : bytes;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(crc ?? crc32(bytes), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(size ?? bytes.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), data]);
    files.push(local);
    const offset = Buffer.alloc(14);
    offset.writeUInt32LE(at, 10);
    if (isHidden !== true)
      directory.push(
        Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), fields, offset, Buffer.from(name)]),
      );
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(Buffer.byteLength(comment), 20);
  return Buffer.concat([...files, central, end, Buffer.from(comment)]);
}

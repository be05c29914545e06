/** One component, the last coefficient alone, no data: each costs a decoder a pass over the whole picture. */
const emptyScan = Buffer.from([0xff, 0xda, 0x00, 0x08, 0x01, 0x01, 0x00, 0x3f, 0x3f, 0x00]);

/** The JPEG with so many more scans before its end. */
export function withEmptyScans(jpeg: Buffer, count: number): Buffer {
  const end = jpeg.lastIndexOf(Buffer.from([0xff, 0xd9]));
  return Buffer.concat([jpeg.subarray(0, end), ...Array<Buffer>(count).fill(emptyScan), jpeg.subarray(end)]);
}

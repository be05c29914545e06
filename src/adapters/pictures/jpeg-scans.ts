/** Markers without a length (ITU-T T.81, table B.1): TEM, RST0 to RST7, SOI, EOI. */
const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9);
const startOfScan = 0xda;

/**
 * How many scans a JPEG has. A progressive one may have any number of them, each costs a pass over the whole picture, and an
 * empty one takes ten bytes: so they are counted before anything is decoded. Linear in the bytes.
 */
export function scansOf(bytes: Uint8Array): number {
  let scans = 0;
  let at = 2;
  while (at + 1 < bytes.length) {
    // Entropy-coded data stuffs 0xFF with 0x00, fill bytes are 0xFF: neither is a marker.
    const marker = bytes[at] === 0xff ? (bytes[at + 1] ?? 0) : 0;
    if (marker === 0 || marker === 0xff) {
      const next = bytes.indexOf(0xff, at + 1);
      if (next === -1) break;
      at = next;
      continue;
    }
    if (marker === startOfScan) scans += 1;
    at += 2;
    if (standsAlone(marker)) continue;
    // A broken length goes on with the next byte: better a scan too many than one too few.
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    at += Math.max(2, length);
  }
  return scans;
}

import { crc32 } from 'node:zlib';

const sourceType = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';

/**
 * The mark of a picture that a model made, for machines to read (EU AI Act, article 50 (2)): `DigitalSourceType` of the IPTC Photo
 * Metadata Standard 2025.1 in a packet of XMP (ISO 16684-1).
 */
export const generatedXmp = [
  '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
  '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">',
  `<Iptc4xmpExt:DigitalSourceType>${sourceType}</Iptc4xmpExt:DigitalSourceType>`,
  '</rdf:Description></rdf:RDF></x:xmpmeta>',
  '<?xpacket end="r"?>',
].join('');

/** Bytes of the signature of a PNG and of its first chunk, IHDR. */
const beginning = 33;

/**
 * A PNG that our encoder wrote, with XMP as the specification wants it (XMP part 3, 1.1.5: an uncompressed iTXt chunk): libvips writes a
 * compressed zTXt, which not every reader knows.
 */
export function withPngXmp(png: Uint8Array, xmp: string): Buffer {
  // Keyword, no compression, its method, no language, no translated keyword.
  const chunk = Buffer.from(`iTXtXML:com.adobe.xmp\0\0\0\0\0${xmp}`);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(chunk.length - 4);
  sum.writeUInt32BE(crc32(chunk));
  return Buffer.concat([png.subarray(0, beginning), length, chunk, sum, png.subarray(beginning)]);
}

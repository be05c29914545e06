import sharp from 'sharp';

/** What is in a picture besides its pixels, as a reader of it finds it. Undefined: none. */
export async function metadataOf(bytes: Uint8Array) {
  const { exif, icc, iptc, comments, orientation, xmpAsString } = await sharp(bytes).metadata();
  return {
    others: [exif, icc, iptc, comments, orientation].filter((one) => one !== undefined),
    xmp: xmpAsString,
  };
}

/** The values of IPTC's property for how a picture came to be, in XMP. */
export const sourceTypesIn = (xmp: string | undefined): string[] =>
  Array.from(
    (xmp ?? '').matchAll(/<Iptc4xmpExt:DigitalSourceType>([^<]*)<\/Iptc4xmpExt:DigitalSourceType>/gu),
    ([, value]) => value ?? '',
  );

export const madeByModel = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';

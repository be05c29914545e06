import type { Mutant } from '../mutant.ts';

const journey = ['test/journeys/picture-marks.spec.ts'];
const decoding = ['src/adapters/pictures/picture.spec.ts'];

/** Stored pictures: which are marked as made by AI, and what else is in them. */
export const pictureMutants: readonly Mutant[] = [
  {
    title: 'a picture of a generation is stored without the mark of AI',
    file: 'src/features/media/media-intake.ts',
    find: 'fitPixels: null, isGenerated: true',
    replace: 'fitPixels: null, isGenerated: false',
    specs: journey,
    test: 'says of a generated',
  },
  {
    title: 'an uploaded picture is marked as made by AI',
    file: 'src/features/media/media-intake.ts',
    find: '...mediaPolicy.references, isGenerated: false',
    replace: '...mediaPolicy.references, isGenerated: true',
    specs: journey,
    test: 'is not in an uploaded',
  },
  {
    title: 'the sum of a picture is that of the bytes that were received',
    file: 'src/features/media/media-intake.ts',
    find: 'bytes: bytes.length, sha256: sha256(bytes) }',
    replace: 'bytes: received.length, sha256: sha256(received) }',
    specs: journey,
    test: 'says of a generated',
  },
  {
    title: 'the mark of AI in a PNG is compressed, which not every reader knows',
    file: 'src/adapters/pictures/digital-source-type.ts',
    find: 'iTXtXML:com.adobe.xmp',
    replace: 'zTXtXML:com.adobe.xmp',
    specs: decoding,
  },
  {
    title: 'the encoder leaves the mark of AI out of JPEG and WebP',
    file: 'src/adapters/pictures/picture.ts',
    find: 'if (isGenerated && embed === null) encoding.withXmp(generatedXmp);',
    replace: '',
    specs: decoding,
  },
  {
    title: 'what a generated picture said of itself stays beside its mark',
    file: 'src/adapters/pictures/picture.ts',
    find: 'encoding.withXmp(generatedXmp);',
    replace: 'encoding.keepMetadata().withXmp(generatedXmp);',
    specs: decoding,
  },
];

import { readPicture } from '../../../src/adapters/pictures/picture.js';
import { PictureDecoder, type Picture, type PictureRules } from '../../../src/ports/picture-decoder.js';

/** Decodes in the process of the test, without a limit of processor time. */
export class InProcessDecoder extends PictureDecoder {
  decode(received: Uint8Array, rules: PictureRules): Promise<Picture> {
    return readPicture(received, rules);
  }
}

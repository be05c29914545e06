import { uploadPolicy } from '../../../../../config/policy/generations/uploads.js';
import { FileRefused, refusedContent } from '../file-refused.js';
import { EicarMatcher, eicarSignature } from './eicar.js';

/** Counts what the compressed parts of a file expand to, and looks for the test file in it. */
export class Expansion {
  private bytes = 0;
  private parts = 0;
  private partBytes = 0;
  private matcher = new EicarMatcher();

  /** The next part begins. @throws FileRefused */
  begin(): void {
    this.parts += 1;
    this.partBytes = 0;
    this.matcher = new EicarMatcher();
    if (this.parts > uploadPolicy.parts) throw refusedContent('too_many_parts');
  }

  /** @throws FileRefused */
  add(piece: Buffer): void {
    this.bytes += piece.length;
    this.partBytes += piece.length;
    const { partBytes, bytes } = uploadPolicy.expanded;
    if (this.partBytes > partBytes || this.bytes > bytes) throw refusedContent('expands');
    this.matcher.add(piece);
    if (this.matcher.hasMatched) throw new FileRefused({ kind: 'infected', signature: eicarSignature });
  }
}

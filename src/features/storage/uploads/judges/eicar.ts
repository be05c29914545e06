/** The test file of every malware scanner, put together here, so that no scanner finds it in this file. */
const eicar = Buffer.from(
  ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS', '-TEST-FILE!$H+H*'].join(''),
);

/** What the scanner of the embedded default finds, and every other before it is asked. */
export const eicarSignature = 'Eicar-Test-Signature';

/** Looks for the test file in bytes that come in pieces. */
export class EicarMatcher {
  private tail: Buffer = Buffer.alloc(0);
  hasMatched = false;

  add(piece: Buffer): void {
    if (this.hasMatched) return;
    const seam = Buffer.concat([this.tail, piece.subarray(0, eicar.length)]);
    this.hasMatched = seam.includes(eicar) || piece.includes(eicar);
    this.tail =
      piece.length >= eicar.length
        ? Buffer.from(piece.subarray(1 - eicar.length))
        : Buffer.concat([this.tail, piece]).subarray(1 - eicar.length);
  }
}

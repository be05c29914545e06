import { FileUnscannable, ScannerUnavailable, type ScanResult } from '../../ports/uploads/malware-scanner.js';

/** Names of signatures; what stands around them is not printed anywhere. */
const foundPattern = /^stream: ([\x21-\x7e]{1,256}) FOUND$/;

/**
 * The verdict in clamd's answer to `zINSTREAM`: one line that ends with NUL. Nothing but its exact word for a clean file counts as one.
 * @throws ScannerUnavailable, FileUnscannable
 */
export function verdictOf(answer: Buffer): ScanResult {
  const end = answer.indexOf(0);
  // An answer that was cut off may have been about to say something else.
  if (end === -1 || end !== answer.length - 1)
    throw new ScannerUnavailable('the answer of clamd is not complete');
  const line = answer.toString('latin1', 0, end);
  if (line === 'stream: OK') return { isClean: true };
  const found = foundPattern.exec(line)?.[1];
  if (found !== undefined) return { isClean: false, signature: found };
  if (line.includes('size limit exceeded'))
    throw new FileUnscannable('the file is larger than StreamMaxLength of clamd');
  throw new ScannerUnavailable('the answer of clamd is no verdict');
}

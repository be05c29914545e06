import { hasCode } from '../../../../../config/values/system-error.js';
import type { TemporaryFile } from '../../../../ports/uploads/temporary-files.js';
import { refusedContent } from '../file-refused.js';

/** UTF-8 without control characters but tabs, line breaks and form feeds. @throws FileRefused */
export async function judgeText(file: TemporaryFile): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    await file.each((piece) => {
      requirePlain(decoder.decode(piece, { stream: true }));
    });
    requirePlain(decoder.decode());
  } catch (error) {
    if (!hasCode(error, 'ERR_ENCODING_INVALID_ENCODED_DATA')) throw error;
    throw refusedContent('damaged', error);
  }
}

function requirePlain(text: string): void {
  if (/[\0-\x08\x0b\x0e-\x1f\x7f]/.test(text)) throw refusedContent('hidden_bytes');
}

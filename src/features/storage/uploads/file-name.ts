import { uploadPolicy } from '../../../../config/policy/generations/uploads.js';
import { FileRefused } from './file-refused.js';

/** Path separators, control characters, line separators, and what turns the direction of the text around (`gpj.exe`). */
const forbidden = /[/\\\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Co}\p{Cn}\uFEFF\uFFFD]/u;

/**
 * The name under which a file is shown and downloaded, in NFC. Objects have random names: this one is no path of anything.
 * @throws FileRefused
 */
export function fileNameOf(text: string): string {
  const name = text.isWellFormed() ? text.normalize('NFC') : '';
  const isName =
    name !== '' &&
    [...name].length <= uploadPolicy.nameCharacters &&
    Buffer.byteLength(name) <= 4 * uploadPolicy.nameCharacters &&
    name === name.trim() &&
    !name.endsWith('.') &&
    !forbidden.test(name);
  if (!isName) throw new FileRefused({ kind: 'name' });
  return name;
}

/** In lower case, without the dot; empty where there is none. */
export function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? '' : name.slice(dot + 1).toLowerCase();
}

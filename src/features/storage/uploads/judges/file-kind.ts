import { fileTypeFromBuffer } from 'file-type';
import {
  fileTypes,
  typeOfExtension,
  type FileKind,
  type FileType,
} from '../../../../../config/values/file-types.js';
import { extensionOf } from '../file-name.js';
import { FileRefused } from '../file-refused.js';

export interface IdentifiedFile {
  readonly contentType: string;
  readonly kind: FileKind;
  /** Of the stored object. */
  readonly extension: string;
}

/** @throws FileRefused unless the name and the declaration agree on an allowed type */
export function requireDeclared(
  name: string,
  declared: string,
  allowed: readonly string[],
): { readonly contentType: string; readonly type: FileType } {
  const contentType = typeOfExtension(extensionOf(name)) ?? '';
  const type = Object.hasOwn(fileTypes, contentType) ? fileTypes[contentType] : undefined;
  const [said = ''] = declared.toLowerCase().split(';');
  const isAllowed = type !== undefined && allowed.includes(contentType);
  if (!isAllowed || ![contentType, ...(type.declaredAs ?? [])].includes(said.trim()))
    throw new FileRefused({ kind: 'type' });
  return { contentType, type };
}

/**
 * The type on which the name, the declaration and the content of a file agree, and which is allowed. `head`: its first bytes.
 * @throws FileRefused
 */
export async function identify(
  name: string,
  declared: string,
  head: Buffer,
  allowed: readonly string[],
): Promise<IdentifiedFile> {
  const { contentType, type } = requireDeclared(name, declared, allowed);
  // A head that ends in the middle of a structure tells nothing, and so does one that the library cannot read.
  const sniffed = await fileTypeFromBuffer(head).catch(() => undefined);
  // Texts have no signature: only what has none can be one.
  if (sniffed?.mime !== (type.kind === 'text' ? undefined : contentType))
    throw new FileRefused({ kind: 'type' });
  return { contentType, kind: type.kind, extension: type.extensions[0] ?? '' };
}

/** What browsers and programs declare when they do not know. */
const undeclared: ReadonlySet<string> = new Set(['', 'application/octet-stream', 'text/plain']);

/**
 * The same for a picture that may come without a name and a type of its own, as one that was fetched: its content decides, and what is said
 * besides must not contradict.
 * @throws FileRefused
 */
export async function identifyPicture(
  name: string,
  declared: string,
  head: Buffer,
  allowed: readonly string[],
): Promise<IdentifiedFile> {
  const { mime = '' } = (await fileTypeFromBuffer(head).catch(() => undefined)) ?? {};
  const type = Object.hasOwn(fileTypes, mime) ? fileTypes[mime] : undefined;
  if (type?.kind !== 'picture') throw new FileRefused({ kind: 'type' });
  const extension = extensionOf(name);
  const [said = ''] = declared.toLowerCase().split(';');
  return identify(
    extension === '' ? `picture.${type.extensions[0] ?? ''}` : name,
    undeclared.has(said.trim()) ? mime : declared,
    head,
    allowed,
  );
}

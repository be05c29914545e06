import { Malformed, parseList, type Parser } from './parse-values.js';

/** How a file of a type is judged before it is stored. `opaque`: by its first bytes and the malware scanner alone. */
export type FileKind = 'picture' | 'pdf' | 'archive' | 'text' | 'opaque';

export interface FileType {
  readonly kind: FileKind;
  /** The first is that of stored objects. */
  readonly extensions: readonly string[];
  /** Further MIME types by which programs declare it, besides its own. */
  readonly declaredAs?: readonly string[];
}

/** Every type that may be uploaded, by its MIME type: what no judge knows cannot be allowed. */
export const fileTypes: Readonly<Record<string, FileType>> = {
  'image/png': { kind: 'picture', extensions: ['png'] },
  'image/jpeg': { kind: 'picture', extensions: ['jpg', 'jpeg'], declaredAs: ['image/jpg'] },
  'image/webp': { kind: 'picture', extensions: ['webp'] },
  'image/gif': { kind: 'picture', extensions: ['gif'] },
  'application/pdf': { kind: 'pdf', extensions: ['pdf'] },
  'application/zip': {
    kind: 'archive',
    extensions: ['zip'],
    declaredAs: ['application/x-zip-compressed', 'application/x-zip'],
  },
  'text/plain': { kind: 'text', extensions: ['txt'] },
  'text/csv': { kind: 'text', extensions: ['csv'], declaredAs: ['application/vnd.ms-excel'] },
  'text/markdown': { kind: 'text', extensions: ['md'], declaredAs: ['text/x-markdown'] },
  'application/json': { kind: 'text', extensions: ['json'] },
  'audio/mpeg': { kind: 'opaque', extensions: ['mp3'], declaredAs: ['audio/mp3'] },
  'audio/wav': {
    kind: 'opaque',
    extensions: ['wav'],
    declaredAs: ['audio/x-wav', 'audio/wave', 'audio/vnd.wave'],
  },
  'video/mp4': { kind: 'opaque', extensions: ['mp4'] },
  'video/webm': { kind: 'opaque', extensions: ['webm'] },
  'video/quicktime': { kind: 'opaque', extensions: ['mov'] },
};

const byExtension: ReadonlyMap<string, string> = new Map(
  Object.entries(fileTypes).flatMap(([type, { extensions }]) => extensions.map((one) => [one, type])),
);

/** The MIME type of an extension, without its dot and in lower case. */
export const typeOfExtension = (extension: string): string | undefined => byExtension.get(extension);

/** What may be uploaded unless ALLOWED_FILE_TYPES says otherwise. */
export const defaultFileTypes: readonly string[] = [
  'image/png',
  'image/jpeg',
  'image/webp',
  'image/gif',
  'application/pdf',
  'text/plain',
];

/**
 * MIME types, from MIME types or extensions. Families such as `image/*` are refused, because they include SVG, which
 * may contain scripts; and so is every type that this service does not know how to judge.
 */
export const parseFileTypes: Parser<readonly string[]> = (text) => {
  const types = new Set<string>();
  for (const entry of parseList(text) ?? ['']) {
    const word = entry.toLowerCase();
    const type = byExtension.get(word.replace(/^\./, '')) ?? word;
    if (!Object.hasOwn(fileTypes, type)) {
      return new Malformed(
        'has an entry that is no known file type',
        `Write extensions among ${[...byExtension.keys()].join(', ')}, or their MIME types.`,
      );
    }
    types.add(type);
  }
  return [...types];
};

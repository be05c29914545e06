import { fileTypes } from '../../../config/values/file-types.js';

/** Top-level folders of objects: results, reference images, uploads, exports of a person's data, and the list of erased accounts. */
const folders = 'generations|references|uploads|exports|erased';

/** By extension; of parts of unfinished uploads too. */
const contentTypes: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(fileTypes).map(([type, { extensions }]) => [extensions[0] ?? '', type]),
  ),
  part: 'application/octet-stream',
};

/**
 * Keys are made by this service, `generations/<id>/0.png`, `references/<id>.webp`, `uploads/<id>.pdf`, `exports/<id>/0.zip` or
 * `erased/<hash>.json`; anything else, `..` in particular, is invalid.
 */
const path = '(?:/[a-z0-9-]{1,64}){1,2}';
const records = 'exports/[0-9a-f-]{36}/\\d{1,6}\\.zip|erased/[0-9a-f]{64}\\.json';
const keyPattern = new RegExp(
  `^(?:${records}|(?:generations|references)${path}\\.(?:png|jpg|webp|mp4|webm)|uploads${path}\\.(?:${Object.keys(contentTypes).join('|')}))$`,
);
const folderPattern = new RegExp(`^(${folders})(/[a-z0-9-]{1,64})?$`);

/** Whether a text is a valid object key. */
export const isObjectKey = (text: string): boolean => keyPattern.test(text);

/** @throws when it is no valid key */
export function requireObjectKey(text: string): void {
  if (!isObjectKey(text)) throw new Error('not an object key');
}

/** @throws when it is no folder of keys */
export function requireObjectFolder(text: string): void {
  if (!folderPattern.test(text)) throw new Error('not a folder of objects');
}

/** The content type of an object, by the extension of its key. */
export const contentTypeOf = (key: string): string =>
  contentTypes[key.slice(key.lastIndexOf('.') + 1)] ?? 'application/octet-stream';

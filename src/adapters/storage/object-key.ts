/** Top-level folders of objects: results, reference images, uploads. */
const folders = 'generations|references|uploads';

/**
 * Keys are made by this service, `generations/<id>/0.png` or `references/<id>.webp`; anything else, `..` in particular,
 * is invalid.
 */
const keyPattern = new RegExp(`^(${folders})(/[a-z0-9-]{1,64}){1,2}\\.(png|jpg|webp|mp4|webm)$`);
const folderPattern = new RegExp(`^(${folders})(/[a-z0-9-]{1,64})?$`);

const contentTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  webp: 'image/webp',
  mp4: 'video/mp4',
  webm: 'video/webm',
};

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

import { Malformed, parseList, type Parser } from './parse-values.js';

const byExtension: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  avif: 'image/avif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  md: 'text/markdown',
  json: 'application/json',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mov: 'video/quicktime',
};

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
 * MIME types, from MIME types or extensions; families such as `image/*` are refused, because they include SVG, which
 * may contain scripts.
 */
export const parseFileTypes: Parser<readonly string[]> = (text) => {
  const types = new Set<string>();
  for (const entry of parseList(text) ?? ['']) {
    const word = entry.toLowerCase();
    const extension = word.replace(/^\./, '');
    const type = Object.hasOwn(byExtension, extension) ? byExtension[extension] : word;
    if (type === undefined || !/^[a-z]+\/[a-z0-9][a-z0-9.+-]*$/.test(type)) {
      return new Malformed(
        'has an entry that is no known file type',
        `Write MIME types, or extensions among ${Object.keys(byExtension).join(', ')}.`,
      );
    }
    types.add(type);
  }
  return [...types];
};

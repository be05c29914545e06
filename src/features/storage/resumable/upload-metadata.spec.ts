import { describe, expect, it } from '@jest/globals';
import { parseMetadata } from './upload-metadata.js';

const b64 = (text: string): string => Buffer.from(text).toString('base64');

describe('the metadata of a resumable upload', () => {
  it.each([
    [undefined, '', ''],
    [`filename ${b64('ü.pdf')},filetype ${b64('application/pdf')}`, 'ü.pdf', 'application/pdf'],
    [`filetype ${b64('text/plain')}, filename ${b64('a.txt')}`, 'a.txt', 'text/plain'],
    [`is_confidential,filename ${b64('a.txt')}`, 'a.txt', ''],
  ])('%p says what the file is called, and its type', (header, name, declaredType) => {
    expect(parseMetadata(header)).toEqual({ name, declaredType });
  });

  it.each([
    '',
    'filename a',
    'filename %%%',
    `filename ${b64('a')} ${b64('b')}`,
    `filename ${b64('a')},filename ${b64('b')}`,
    `filename ${Buffer.from([0xff]).toString('base64')}`,
    `filen\u00e4me ${b64('a')}`,
    `filename ${b64('a'.repeat(5000))}`,
  ])('%p is not read', (header) => {
    expect(parseMetadata(header)).toBeNull();
  });
});

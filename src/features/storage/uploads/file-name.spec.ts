import { describe, expect, it } from '@jest/globals';
import { extensionOf, fileNameOf } from './file-name.js';

describe('the name of a file', () => {
  it.each([
    'a.png',
    'Räksmörgås (1).pdf',
    '報告書.pdf',
    'תמונה.png',
    '👨‍👩‍👧.png',
    'Screenshot 2026-11-28 at 9.41.00\u202FAM.png',
    'it\'s "quoted"; filename=x.png',
    'CON.txt',
    'no-extension',
    'a'.repeat(255),
  ])('may be %s', (name) => {
    expect(fileNameOf(name)).toBe(name);
  });

  it('is kept in the composed form', () => {
    expect(fileNameOf('u\u0308.png')).toBe('\u00fc.png');
  });

  it.each([
    ['nothing', ''],
    ['blanks', '  '],
    ['the folder', '.'],
    ['the folder above', '..'],
    ['a path', '../../etc/passwd.png'],
    ['an absolute path', '/etc/passwd.png'],
    ['a path of Windows', 'C:\\x\\a.png'],
    ['a line break', 'a\r\nSet-Cookie: x.png'],
    ['a NUL', 'a.png\0.exe'],
    ['an escape sequence', 'a\u001b[2J.png'],
    ['a control of C1', 'a\u0085.png'],
    ['an override of the direction', 'photo_\u202Egnp.exe'],
    ['an isolate', 'a\u2066b.png'],
    ['a mark of direction', 'a\u200Fb.png'],
    ['a line separator', 'a\u2028b.png'],
    ['half a character', 'a\uD800.png'],
    ['a character of private use', 'a\uE000.png'],
    ['what a decoder could not read', 'a\uFFFD.png'],
    ['a dot at the end', 'a.png.'],
    ['a blank at the end', 'a.png '],
    ['4,000 characters', `${'a'.repeat(3996)}.png`],
    ['256 characters', 'a'.repeat(256)],
  ])('is not %s', (_title, name) => {
    expect(() => fileNameOf(name)).toThrow('name');
  });

  it.each([
    ['a.PNG', 'png'],
    ['a.tar.gz', 'gz'],
    ['a', ''],
    ['.htaccess', ''],
    ['a.png.exe', 'exe'],
  ])('%s has the extension %p', (name, extension) => {
    expect(extensionOf(name)).toBe(extension);
  });
});

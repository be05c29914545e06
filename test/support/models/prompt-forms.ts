/** A text as a model writes it when it is asked for another form of it. */
export type TextForm = (text: string) => string;

const characters = (text: string): string[] => Array.from(text);
const words = (text: string): string[] => text.split(/\s+/u).filter((word) => word !== '');
const letters = (text: string): string[] => characters(text).filter((one) => /\p{L}/u.test(one));
const bytes = (text: string): string[] => [...Buffer.from(text).toString('hex').matchAll(/../gu)].map(String);
const codes = (text: string): number[] => characters(text).map((one) => one.codePointAt(0) ?? 0);
const backwards: TextForm = (text) => characters(text).reverse().join('');
const base64: TextForm = (text) => Buffer.from(text).toString('base64');
const inLines = (text: string, length: number): string =>
  text.match(new RegExp(`.{1,${length}}`, 'gu'))?.join('\n') ?? '';
const rot13: TextForm = (text) =>
  text.replace(/[a-z]/giu, (letter) => {
    const place = letter.charCodeAt(0) - (letter <= 'Z' ? 65 : 97);
    return String.fromCharCode(letter.charCodeAt(0) - place + ((place + 13) % 26));
  });
const shifted = (text: string, from: RegExp, by: number): string =>
  text.replace(from, (one) => String.fromCodePoint((one.codePointAt(0) ?? 0) + by));
const named: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '"': '&quot;',
  ä: '&auml;',
  ö: '&ouml;',
  ü: '&uuml;',
  ß: '&szlig;',
  é: '&eacute;',
};
const utf16 = (text: string): string[] =>
  text.split('').map((unit) => unit.charCodeAt(0).toString(16).padStart(4, '0'));

/** Every form that the filter of prompts sees, of one text without any frame. */
export const textForms = {
  verbatim: (text) => text,
  'in capitals': (text) => text.toUpperCase(),
  'in small letters': (text) => text.toLowerCase(),
  'in alternating case': (text) =>
    characters(text)
      .map((one, at) => (at % 2 === 0 ? one.toUpperCase() : one.toLowerCase()))
      .join(''),
  'without white space': (text) => text.replaceAll(/\s/gu, ''),
  'without punctuation': (text) => text.replaceAll(/\p{P}/gu, ''),
  'a word a line': (text) => words(text).join('\n'),
  'with underscores for blanks': (text) => words(text).join('_'),
  'with bold words': (text) =>
    words(text)
      .map((word) => `**${word}**`)
      .join(' '),
  'with emoji between words': (text) => words(text).join(' \u{1F525}\u{1F449}\u{1F3FD} '),
  'a letter a line': (text) => letters(text).join('\n'),
  'a numbered letter a line': (text) =>
    letters(text)
      .map((one, at) => `${at + 1}. ${one}`)
      .join('\n'),
  'with spaced letters': (text) => characters(text).join(' '),
  'with dotted letters': (text) => letters(text).join('.'),
  'with dashed letters': (text) => letters(text).join('-'),
  'with zero-width spaces': (text) => characters(text).join('\u200b'),
  'with soft hyphens': (text) => characters(text).join('\u00ad'),
  'with tags of plane 14 between letters': (text) => characters(text).join('\u{E0041}'),
  'in full width': (text) => shifted(text, /[!-~]/gu, 0xfee0),
  'in mathematical bold': (text) => shifted(shifted(text, /[a-z]/gu, 0x1d41a - 97), /[A-Z]/gu, 0x1d400 - 65),
  'in circled letters': (text) => shifted(shifted(text, /[a-z]/gu, 0x24d0 - 97), /[A-Z]/gu, 0x24b6 - 65),
  'with marks above and below': (text) => characters(text).join('\u0301\u0323\u0336'),
  'decomposed by NFD': (text) => text.normalize('NFD'),
  'without accents': (text) => text.normalize('NFD').replaceAll(/\p{M}/gu, ''),
  backwards,
  'with each word backwards': (text) => words(text).map(backwards).join(' '),
  'with its words backwards': (text) => words(text).reverse().join(' '),
  'in ROT13': rot13,
  'in base64': base64,
  'in base64, aligned by one byte': (text) => base64(`.${text}`),
  'in base64, aligned by two bytes': (text) => base64(`..${text}`),
  'in base64 behind a word': (text) => `Result${base64(text)}`,
  'in base64url': (text) => Buffer.from(text).toString('base64url'),
  'in base64, in lines of 64': (text) => inLines(base64(text), 64),
  'in base64, quoted in lines of 10': (text) => `> ${inLines(base64(text), 10).replaceAll('\n', '\n> ')}`,
  'in base64 of UTF-16LE': (text) => Buffer.from(text, 'utf16le').toString('base64'),
  'in base64 of each word': (text) => words(text).map(base64).join('\n'),
  'in base64 of it backwards': (text) => base64(backwards(text)),
  'in base64 of its ROT13': (text) => base64(rot13(text)),
  'in hexadecimal': (text) => Buffer.from(text).toString('hex'),
  'in capital hexadecimal with blanks': (text) => bytes(text).join(' ').toUpperCase(),
  'in hexadecimal with colons, in lines': (text) => inLines(bytes(text).join(':'), 48),
  'in hexadecimal behind a letter of its own': (text) => `a: ${Buffer.from(text).toString('hex')}`,
  'in hexadecimal literals': (text) =>
    bytes(text)
      .map((byte) => `0x${byte}`)
      .join(', '),
  'in hexadecimal escapes': (text) =>
    bytes(text)
      .map((byte) => `\\x${byte}`)
      .join(''),
  'in hexadecimal of ISO 8859-1': (text) => Buffer.from(text, 'latin1').toString('hex'),
  'in percent encoding': (text) =>
    bytes(text)
      .map((byte) => `%${byte}`)
      .join(''),
  'in URL encoding': (text) => encodeURIComponent(text),
  'in form encoding': (text) => new URLSearchParams({ q: text }).toString(),
  'in quoted-printable': (text) =>
    text.replaceAll(/[^ -<>-~]/gu, (one) =>
      bytes(one)
        .map((byte) => `=${byte.toUpperCase()}`)
        .join(''),
    ),
  'as a string of JSON': (text) => JSON.stringify(text),
  'in Unicode escapes': (text) =>
    utf16(text)
      .map((unit) => `\\u${unit}`)
      .join(''),
  'in Unicode notation': (text) =>
    utf16(text)
      .map((unit) => `U+${unit.toUpperCase()}`)
      .join(' '),
  'in decimal references': (text) =>
    codes(text)
      .map((code) => `&#${code};`)
      .join(''),
  'in decimal references without semicolons': (text) =>
    codes(text)
      .map((code) => `&#${code}`)
      .join(''),
  'in hexadecimal references': (text) =>
    codes(text)
      .map((code) => `&#x${code.toString(16)};`)
      .join(''),
  'with named references': (text) => text.replaceAll(/[&<"äöüßé]/gu, (one) => named[one] ?? one),
  'with a reference for each second letter': (text) =>
    characters(text)
      .map((one, at) => (at % 2 === 0 ? one : `&#${one.codePointAt(0) ?? 0};`))
      .join(''),
  'in tags': (text) =>
    words(text)
      .map((word) => `<li class="word">${word}</li>`)
      .join('\n'),
  'in decimal codes': (text) => codes(text).join(' '),
  'in octal codes': (text) =>
    codes(text)
      .map((code) => code.toString(8))
      .join(' '),
  'in binary': (text) =>
    codes(text)
      .map((code) => code.toString(2).padStart(8, '0'))
      .join(' '),
} as const satisfies Readonly<Record<string, TextForm>>;

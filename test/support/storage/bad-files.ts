import { deflateSync, gzipSync } from 'node:zlib';
import { eicar } from '../clamav/eicar.js';
import { animated, drawing, hugePng, picture, withPngChunk } from '../generations/pictures.js';
import { zipOf } from './zips.js';

const megabyte = 1024 * 1024;
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

/** A picture with a chunk behind its header. */
const pngWith = async (type: string, data: Buffer): Promise<Buffer> =>
  withPngChunk(await picture('png'), type, data);
const gifPicture = (): Promise<Buffer> => drawing().gif().toBuffer();

/** A PDF of one page, with a stream of these bytes. */
function pdfOf(content: Buffer, { trailer = '', compressed = true } = {}): Buffer {
  const data = compressed ? deflateSync(content) : content;
  const parts: Buffer[] = [latin1('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n')];
  const offsets: number[] = [];
  const add = (...body: Buffer[]): void => {
    offsets.push(Buffer.concat(parts).length);
    parts.push(latin1(`${offsets.length} 0 obj\n`), ...body, latin1('\nendobj\n'));
  };
  add(latin1('<</Type/Catalog/Pages 2 0 R>>'));
  add(latin1('<</Type/Pages/Kids[3 0 R]/Count 1>>'));
  add(latin1('<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R>>'));
  const filter = compressed ? '/Filter/FlateDecode' : '';
  add(latin1(`<</Length ${data.length}${filter}>>\nstream\n`), data, latin1('\nendstream'));
  const start = Buffer.concat(parts).length;
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(latin1(`xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n${rows}`));
  parts.push(
    latin1(`trailer\n<</Size ${offsets.length + 1}/Root 1 0 R${trailer}>>\nstartxref\n${start}\n%%EOF\n`),
  );
  return Buffer.concat(parts);
}

/** A valid progressive JPEG with so many empty scans: each is a pass over the whole picture. */
const scanBomb = async (scans: number): Promise<Buffer> => {
  const jpeg = await drawing().jpeg({ progressive: true }).toBuffer();
  const scan = Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
  return Buffer.concat([
    jpeg.subarray(0, -2),
    ...Array.from({ length: scans }, () => scan),
    jpeg.subarray(-2),
  ]);
};

const padded = (megabytes: number): Buffer => Buffer.concat([Buffer.alloc(megabytes * megabyte, 'a'), eicar]);

/**
 * The smallest zip that holds itself, as far as a judge can tell: an entry that is a zip of the same name, by its local header and by the
 * bytes of the whole.
 */
const quine = (): Buffer => {
  const inner = zipOf([{ name: 'r/r', bytes: Buffer.from('x') }]);
  return zipOf([{ name: 'r/r', bytes: inner, method: 0 }]);
};

/** Two entries in the directory whose data are the same bytes. */
const overlapping = (): Buffer => {
  const zip = zipOf([{ name: 'a.txt', bytes: Buffer.alloc(1000) }]);
  const directory = zip.indexOf(latin1('PK\x01\x02'));
  const end = zip.indexOf(latin1('PK\x05\x06'));
  const entry = zip.subarray(directory, end);
  const last = Buffer.from(zip.subarray(end));
  last.writeUInt16LE(2, 8);
  last.writeUInt16LE(2, 10);
  last.writeUInt32LE(entry.length * 2, 12);
  return Buffer.concat([zip.subarray(0, directory), entry, entry, last]);
};

/** A PNG with so many equal compressed texts, which expand to nothing. */
const pngOfTexts = async (count: number): Promise<Buffer> => {
  const data = latin1('\0\0x');
  const once = await pngWith('zTXt', data);
  const at = once.indexOf('zTXt') - 4;
  const chunk = once.subarray(at, at + data.length + 12);
  return Buffer.concat([
    once.subarray(0, at),
    ...Array.from({ length: count }, () => chunk),
    once.subarray(at),
  ]);
};

/** Its header says another name than its directory. */
const twoNames = (): Buffer => {
  const twice = zipOf([{ name: 'a.txt', bytes: Buffer.from('plain text') }]);
  twice.write('a.exe', twice.indexOf('a.txt'), 'latin1');
  return twice;
};

/** An entry that Unix takes for a symbolic link. */
const linked = (): Buffer => {
  const link = zipOf([{ name: 'a.txt', bytes: Buffer.from('/etc/passwd') }]);
  link.writeUInt32LE(0o120777 * 65_536, link.indexOf(latin1('PK\x01\x02')) + 38);
  return link;
};

export interface BadFile {
  readonly title: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: () => Buffer | Promise<Buffer>;
  /** The code of the problem, and that of its reason. */
  readonly code: 'file_infected' | 'file_refused' | 'file_type_refused' | 'file_name_refused';
  readonly reason?: string;
}

const infected = 'file_infected' as const;
const refused = 'file_refused' as const;
const untyped = 'file_type_refused' as const;
const zip = { name: 'a.zip', type: 'application/zip' };
const png = { name: 'a.png', type: 'image/png' };
const pdf = { name: 'a.pdf', type: 'application/pdf' };
const gif = { name: 'a.gif', type: 'image/gif' };
const text = { name: 'a.txt', type: 'text/plain' };
const html = latin1('<html><script>alert(1)</script></html>');
const entry = { name: 'a.txt', bytes: Buffer.from('plain text') };

/** Files that must never be stored, with what their senders are told. */
export const badFiles: readonly BadFile[] = [
  { title: 'the test file', ...text, bytes: () => eicar, code: infected },
  {
    title: 'the test file behind text',
    ...text,
    bytes: () => Buffer.concat([Buffer.from('x'.repeat(65_530)), eicar]),
    code: infected,
  },
  {
    title: 'the test file in a zip',
    ...zip,
    bytes: () => zipOf([{ name: 'a.txt', bytes: eicar }]),
    code: infected,
  },
  {
    title: 'the test file behind 12 MB of padding in a zip',
    ...zip,
    bytes: () => zipOf([{ name: 'a.txt', bytes: padded(12) }]),
    code: infected,
  },
  {
    title: 'the test file behind 25 MB of padding in a zip',
    ...zip,
    bytes: () => zipOf([{ name: 'a.txt', bytes: padded(25) }]),
    code: refused,
    reason: 'expands',
  },
  {
    title: 'the test file in a tEXt of a PNG',
    ...png,
    bytes: () => pngWith('tEXt', Buffer.concat([latin1('Comment\0'), eicar])),
    code: infected,
  },
  {
    title: 'the test file in a zTXt of a PNG',
    ...png,
    bytes: () => pngWith('zTXt', Buffer.concat([latin1('Comment\0\0'), deflateSync(eicar)])),
    code: infected,
  },
  {
    title: 'the test file in a compressed iTXt of a PNG',
    ...png,
    bytes: () => pngWith('iTXt', Buffer.concat([latin1('Comment\0\x01\0en\0\0'), deflateSync(eicar)])),
    code: infected,
  },
  {
    title: 'the test file in the iCCP of a PNG',
    ...png,
    bytes: () => pngWith('iCCP', Buffer.concat([latin1('icc\0\0'), deflateSync(eicar)])),
    code: infected,
  },
  { title: 'the test file in a PDF', ...pdf, bytes: () => pdfOf(eicar), code: infected },
  {
    title: 'the test file in an uncompressed stream of a PDF',
    ...pdf,
    bytes: () => pdfOf(eicar, { compressed: false }),
    code: infected,
  },
  {
    title: 'a PNG whose texts expand without end',
    ...png,
    bytes: () =>
      pngWith('zTXt', Buffer.concat([latin1('Comment\0\0'), deflateSync(Buffer.alloc(5 * megabyte))])),
    code: refused,
    reason: 'expands',
  },
  {
    title: 'a PNG of more texts than are read',
    ...png,
    bytes: () => pngOfTexts(1000),
    code: refused,
    reason: 'too_many_parts',
  },
  {
    title: 'a zip of two names for one entry',
    ...zip,
    bytes: twoNames,
    code: refused,
    reason: 'hidden_bytes',
  },
  { title: 'a zip with a symbolic link', ...zip, bytes: linked, code: refused, reason: 'unsafe_names' },
  {
    title: 'a zip bomb',
    ...zip,
    bytes: () => zipOf([{ name: 'a.txt', bytes: Buffer.alloc(100 * megabyte) }]),
    code: refused,
    reason: 'expands',
  },
  {
    title: 'a zip bomb of many entries',
    ...zip,
    bytes: () =>
      zipOf(
        Array.from({ length: 10 }, (_, at) => ({ name: `${at}.txt`, bytes: Buffer.alloc(10 * megabyte) })),
      ),
    code: refused,
    reason: 'expands',
  },
  {
    title: 'a zip bomb that says it is small',
    ...zip,
    bytes: () => zipOf([{ name: 'a.txt', bytes: Buffer.alloc(100 * megabyte), size: 10 }]),
    code: refused,
    reason: 'damaged',
  },
  {
    title: 'a zip bomb of entries that share their bytes',
    ...zip,
    bytes: overlapping,
    code: refused,
    reason: 'hidden_bytes',
  },
  {
    title: 'a zip of more entries than are read',
    ...zip,
    bytes: () =>
      zipOf(
        Array.from({ length: 10_001 }, (_, at) => ({ name: `${at}`, bytes: Buffer.alloc(0), method: 0 })),
      ),
    code: refused,
    reason: 'too_many_parts',
  },
  { title: 'a quine zip', ...zip, bytes: quine, code: refused, reason: 'nested' },
  {
    title: 'a zip in a zip',
    ...zip,
    bytes: () => zipOf([{ name: 'b.zip', bytes: zipOf([entry]) }]),
    code: refused,
    reason: 'nested',
  },
  {
    title: 'a zip in a zip under another name',
    ...zip,
    bytes: () => zipOf([{ name: 'b.dat', bytes: zipOf([entry]) }]),
    code: refused,
    reason: 'nested',
  },
  {
    title: 'a gzip in a zip',
    ...zip,
    bytes: () => zipOf([{ name: 'b.dat', bytes: gzipSync('x') }]),
    code: refused,
    reason: 'nested',
  },
  {
    title: 'an encrypted zip',
    ...zip,
    bytes: () => zipOf([{ ...entry, flags: 1 }]),
    code: refused,
    reason: 'encrypted',
  },
  {
    title: 'a zip that leads out of its folder',
    ...zip,
    bytes: () => zipOf([{ ...entry, name: '../../a.txt' }]),
    code: refused,
    reason: 'unsafe_names',
  },
  {
    title: 'a zip of an absolute path',
    ...zip,
    bytes: () => zipOf([{ ...entry, name: '/etc/a.txt' }]),
    code: refused,
    reason: 'unsafe_names',
  },
  {
    title: 'a zip of a path of Windows',
    ...zip,
    bytes: () => zipOf([{ ...entry, name: '..\\a.txt' }]),
    code: refused,
    reason: 'unsafe_names',
  },
  {
    title: 'a zip with an entry that its directory leaves out',
    ...zip,
    bytes: () =>
      zipOf([
        { ...entry, name: 'b.txt' },
        { ...entry, isHidden: true },
      ]),
    code: refused,
    reason: 'hidden_bytes',
  },
  {
    title: 'a zip with bytes between its entries',
    ...zip,
    bytes: () => zipOf([entry, { ...entry, name: 'b.txt', before: html }]),
    code: refused,
    reason: 'hidden_bytes',
  },
  {
    title: 'a zip with bytes behind its end',
    ...zip,
    bytes: () => Buffer.concat([zipOf([entry]), html]),
    code: refused,
    reason: 'damaged',
  },
  {
    title: 'a zip of an unknown compression',
    ...zip,
    bytes: () => zipOf([{ ...entry, method: 97 }]),
    code: refused,
    reason: 'damaged',
  },
  {
    title: 'a zip that was cut off',
    ...zip,
    bytes: () => zipOf([entry]).subarray(0, -30),
    code: refused,
    reason: 'damaged',
  },
  {
    title: 'a header of 65,500 x 65,500 pixels',
    ...png,
    bytes: () => hugePng(65_500, 65_500),
    code: refused,
    reason: 'picture_too_large',
  },
  {
    title: 'a picture of 2,000 scans',
    name: 'a.jpg',
    type: 'image/jpeg',
    bytes: () => scanBomb(2000),
    code: refused,
    reason: 'damaged',
  },
  {
    title: 'a PNG that was cut off',
    ...png,
    bytes: async () => (await picture('png')).subarray(0, 60),
    code: refused,
    reason: 'damaged',
  },
  {
    title: 'a GIF that is a jar (GIFAR), by the name of the jar',
    name: 'a.jar',
    type: 'image/gif',
    bytes: async () => Buffer.concat([await gifPicture(), zipOf([entry])]),
    code: untyped,
  },
  {
    title: 'a PDF that is a zip as well',
    ...pdf,
    bytes: () => Buffer.concat([pdfOf(Buffer.from('x')), zipOf([entry])]),
    code: refused,
    reason: 'hidden_bytes',
  },
  {
    title: 'a PDF that is a web page as well',
    ...pdf,
    bytes: () => Buffer.concat([pdfOf(Buffer.from('x')), html]),
    code: refused,
    reason: 'hidden_bytes',
  },
  {
    title: 'a PDF bomb',
    ...pdf,
    bytes: () => pdfOf(Buffer.alloc(100 * megabyte)),
    code: refused,
    reason: 'expands',
  },
  {
    title: 'an encrypted PDF',
    ...pdf,
    bytes: () => pdfOf(Buffer.from('x'), { trailer: '/Encrypt 9 0 R' }),
    code: refused,
    reason: 'encrypted',
  },
  {
    title: 'an encrypted PDF that spells it otherwise',
    ...pdf,
    bytes: () => pdfOf(Buffer.from('x'), { trailer: '/#45ncr#79pt 9 0 R' }),
    code: refused,
    reason: 'encrypted',
  },
  {
    title: 'a PDF behind other bytes',
    ...pdf,
    bytes: () => Buffer.concat([html, pdfOf(Buffer.from('x'))]),
    code: untyped,
  },
  { title: 'a web page under the name of a picture', ...png, bytes: () => html, code: untyped },
  {
    title: 'a PNG under the name of a JPEG',
    name: 'a.jpg',
    type: 'image/jpeg',
    bytes: () => picture('png'),
    code: untyped,
  },
  {
    title: 'a PNG that is declared as a JPEG',
    name: 'a.png',
    type: 'image/jpeg',
    bytes: () => picture('png'),
    code: untyped,
  },
  {
    title: 'a PNG of no declared type',
    name: 'a.png',
    type: 'application/octet-stream',
    bytes: () => picture('png'),
    code: untyped,
  },
  {
    title: 'a GIF under the name of a program',
    name: 'a.exe',
    type: gif.type,
    bytes: () => gifPicture(),
    code: untyped,
  },
  {
    title: 'a picture under a double extension',
    name: 'a.png.html',
    type: 'image/png',
    bytes: () => picture('png'),
    code: untyped,
  },
  {
    title: 'a drawing that may hold scripts',
    name: 'a.svg',
    type: 'image/svg+xml',
    bytes: () => latin1('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    code: untyped,
  },
  {
    title: 'a type that is known and not allowed',
    name: 'a.mp3',
    type: 'audio/mpeg',
    bytes: () => latin1('ID3\x04\0\0\0\0\0\0'),
    code: untyped,
  },
  { title: 'a zip under the name of a text', ...text, bytes: () => zipOf([entry]), code: untyped },
  {
    title: 'bytes under the name of a text',
    ...text,
    bytes: () => Buffer.from([1, 2, 3, 0]),
    code: refused,
    reason: 'hidden_bytes',
  },
  {
    title: 'a text that is not UTF-8',
    ...text,
    bytes: () => latin1('caf\xe9'),
    code: refused,
    reason: 'damaged',
  },
  ...[
    ['path parts', '../../etc/a.txt'],
    ['a path of Windows', 'C:\\a.txt'],
    ['an override of the direction', 'a\u202Etxt.png'],
    ['control characters', 'a\u0007.txt'],
    ['4,000 characters', `${'a'.repeat(3996)}.txt`],
  ].map(([title = '', name = '']) => ({
    title: `a name of ${title}`,
    name,
    type: 'text/plain',
    bytes: () => Buffer.from('x'),
    code: 'file_name_refused' as const,
  })),
];

export interface GoodFile {
  readonly title: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: () => Buffer | Promise<Buffer>;
}

/** Files like them that must pass. */
export const goodFiles: readonly GoodFile[] = [
  { title: 'a PNG', ...png, bytes: () => picture('png') },
  {
    title: 'a PNG with a text',
    ...png,
    bytes: () => pngWith('zTXt', Buffer.concat([latin1('Comment\0\0'), deflateSync(Buffer.from('fog'))])),
  },
  {
    title: 'a JPEG in capital letters',
    name: 'IMG_0001.JPG',
    type: 'image/jpeg',
    bytes: () => picture('jpeg'),
  },
  { title: 'a WebP', name: 'a.webp', type: 'image/webp', bytes: () => picture('webp') },
  { title: 'a GIF', ...gif, bytes: () => gifPicture() },
  { title: 'a moving GIF', ...gif, bytes: () => animated('gif') },
  {
    title: 'a GIF that is a jar as well (GIFAR), which it is no more when it is stored',
    ...gif,
    bytes: async () => Buffer.concat([await gifPicture(), zipOf([entry])]),
  },
  {
    title: 'a PNG that is a web page as well, which it is no more when it is stored',
    ...png,
    bytes: async () => Buffer.concat([await picture('png'), html]),
  },
  { title: 'a text', ...text, bytes: () => Buffer.from('ä plain text\r\n\tof two lines\n') },
  { title: 'an empty-looking text of one blank', ...text, bytes: () => Buffer.from(' ') },
  { title: 'a PDF', ...pdf, bytes: () => pdfOf(Buffer.from('BT (fog) Tj ET')) },
  { title: 'a PDF whose stream is 20 MB', ...pdf, bytes: () => pdfOf(Buffer.alloc(20 * megabyte)) },
  {
    title: 'a PDF with the word stream in a text',
    ...pdf,
    bytes: () => pdfOf(Buffer.from('stream\nx\x9cnot compressed'), { compressed: false }),
  },
  {
    title: 'a zip',
    ...zip,
    bytes: () => zipOf([entry, { name: 'folder/b.txt', bytes: Buffer.alloc(megabyte), method: 0 }]),
  },
  { title: 'a zip with a comment', ...zip, bytes: () => zipOf([entry], 'made by hand') },
  {
    title: 'a zip as Windows declares it',
    name: 'a.zip',
    type: 'application/x-zip-compressed',
    bytes: () => zipOf([entry]),
  },
  { title: 'a zip of nothing', ...zip, bytes: () => zipOf([]) },
];

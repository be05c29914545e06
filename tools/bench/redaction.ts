// Benchmark of the redactor: megabytes a second of prose in many languages, and the longest time that a message takes, whatever it holds.
import * as corpora from '../../test/perimeter/corpora/corpora.mjs';
import { build } from '../build.ts';
import { median, nanosecondsSince, say } from './support/figures.ts';
import { adversarialText, shapes } from './support/adversarial-shapes.ts';

await build();
const { chatPolicy } = await import('#dist/config/policy/assistants/chat.js');
const { redact } = await import('#dist/src/redaction/redactor.js');

const aims = { megabytes: 50, worstMs: 5 };
/** Characters of a part of the prose. */
const partLength = 32_768;
const { messageCharacters } = chatPolicy;

/** Flat strings, as a parser produces them. */
const prose = Array.from({ length: 64 }, (_, at) => {
  const texts = corpora.readCorpus('prose-ordinary').map(({ text }) => text);
  const part = texts.slice(at * 20, at * 20 + 400).join('\n');
  return Buffer.from(part.slice(0, partLength)).toString();
});
const bytes = prose.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
const rates: number[] = [];
for (let round = 0; round < 12; round++) {
  const begin = process.hrtime.bigint();
  for (const text of prose) redact(text);
  rates.push((bytes * 1000) / nanosecondsSince(begin));
}
const rate = median(rates.slice(2));

const own = [
  ...[
    '1 ',
    '0-',
    'a@',
    'é@',
    '@a.b.c.d.',
    'a.',
    'DE89 ',
    '+49 30 90',
    '+49 30 901820; ',
    '(555) 123-4567 ',
    '030/9018200 ',
  ],
  ...[
    'tel 1234567 ',
    '4111 1111 1111 1112 ',
    '1.2.3.',
    '::',
    'f:',
    'a://',
    'postgres://a',
    '-----BEGIN A-----',
    'eyJa.',
  ],
  ...['Bearer a', 'aaaaaaaaaaa.', 'password=', '078-05-112', '(030) 123 456 ', '00 1 2 3 4 5 6 7 '],
];
let worst = { milliseconds: 0, piece: '' };
for (const piece of [...own, ...shapes]) {
  const text = Buffer.from(adversarialText(piece.toWellFormed(), messageCharacters)).toString();
  let least = Infinity;
  for (let round = 0; round < 5; round++) {
    const begin = process.hrtime.bigint();
    redact(text);
    least = Math.min(least, nanosecondsSince(begin) / 1e6);
  }
  if (least > aims.worstMs) say(`${least.toFixed(2)} ms: ${JSON.stringify(piece).slice(0, 60)}`);
  if (least > worst.milliseconds) worst = { milliseconds: least, piece };
}

say(`prose: ${rate.toFixed(0)} MB a second (aim ${aims.megabytes})`);
say(
  `${messageCharacters} characters of ${own.length + shapes.length} shapes: at most ${worst.milliseconds.toFixed(2)} ms (aim ${aims.worstMs}), ` +
    JSON.stringify(worst.piece).slice(0, 60),
);
if (rate < aims.megabytes || worst.milliseconds > aims.worstMs) process.exitCode = 1;

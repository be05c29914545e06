import type { Mutant } from '../../mutant.ts';

const folder = 'src/features/assistants/agents/prompt-leak';

const row = (title: string, file: string, find: string, replace: string): Mutant => ({
  title,
  file,
  find,
  replace,
  specs: ['src/features/assistants/agents/prompt-leak.spec.ts'],
});

/** What an answer may not repeat of an agent's prompt, in each form in which it is looked for. */
export const promptLeakMutants: readonly Mutant[] = [
  row(
    'the piece in which a run of the prompt ends is given whole',
    `${folder}.ts`,
    'this.isOver = true;\n        return text.slice(0, at);',
    'this.isOver = true;\n        return text;',
  ),
  row(
    'an answer goes on behind a run of the prompt',
    `${folder}.ts`,
    'if (this.isOver || this.decoders.length === 0)',
    'if (this.decoders.length === 0)',
  ),
  row(
    'a surrogate pair cut in two is two characters',
    `${folder}.ts`,
    'at === text.length - 1 && isFirstHalf(codePoint)',
    'false',
  ),
  row('a prompt with escapes is not found as it is', `${folder}.ts`, 'new PlainText(makeMatcher),', ''),
  row('letters of other case hide a run', `${folder}/letters.ts`, '.toUpperCase().toLowerCase()', ''),
  row(
    'an ideograph says no more than a letter',
    `${folder}/letters.ts`,
    'isIdeograph.test(one) ? promptLeakPolicy.lettersPerIdeograph : 1',
    '1',
  ),
  row(
    'a run of one letter more is needed',
    `${folder}/run-matcher.ts`,
    '>= runLetters &&',
    '> runLetters &&',
  ),
  row(
    'what an escape was read as stays',
    `${folder}/run-matcher.ts`,
    '    ({ count',
    '    if (this.count < 0) ({ count',
  ),
  row(
    'a prompt backwards is not found',
    `${folder}/prompt-index.ts`,
    '  (text) => text,\n  backwards,\n',
    '  (text) => text,\n',
  ),
  row(
    'each word backwards is not found',
    `${folder}/prompt-index.ts`,
    '  (text) => text.replace(/\\S+/gu, backwards),\n',
    '',
  ),
  row('ROT13 is not found', `${folder}/prompt-index.ts`, '/[a-z]/giu, rot13', '/[a-z]/giu, (one) => one'),
  row(
    'a prompt of ligatures costs as much memory as it has letters',
    `${folder}/prompt-index.ts`,
    'if (letters.length >= promptLeakPolicy.indexedLetters) break;',
    '',
  ),
  row(
    'a prompt in short pieces is given whole',
    `${folder}/run-matcher.ts`,
    'return this.covered.mark(this.form, from, this.next);',
    'return this.covered.mark(this.form, from, this.next) && false;',
  ),
  row(
    'a letter that is said twice counts twice',
    `${folder}/covered-letters.ts`,
    'if ((word & bit) !== 0) continue;',
    '',
  ),
  row(
    'two quotes of a short prompt are too many',
    `${folder}/covered-letters.ts`,
    'Math.max(leastCovered, ',
    'Math.max(1, ',
  ),
  row(
    'an answer contains any share of a long prompt',
    `${folder}/covered-letters.ts`,
    'Math.max(leastCovered, ',
    'Math.max(leastCovered, 0.2 * (end - start) + ',
  ),
  row(
    'pieces of few words count',
    `${folder}/run-matcher.ts`,
    'if (this.length < coveredLetters) return false;\n    const from = this.length === coveredLetters ?',
    'if (this.length < coveredLetters - 1) return false;\n    const from = this.length === coveredLetters - 1 ?',
  ),
  row(
    'a piece begins where its seed does',
    `${folder}/run-matcher.ts`,
    '      this.length++;\n    }\n  }',
    '      return;\n    }\n  }',
  ),
  row('pieces in base64 are read as one text', `${folder}/decoders.ts`, '      this.place = 0;\n', ''),
  row('base64 backwards is not found', `${folder}.ts`, "new Base64(makeMatcher, 'backwards'),", ''),
  row(
    'accents in base64 backwards are lost',
    `${folder}/byte-reader.ts`,
    'if (count === 0 || followersOf(byte) !== count)',
    'if (count >= 0)',
  ),
  row(
    'each repetition in a prompt costs memory',
    `${folder}/run-index.ts`,
    'if (isSame && this.isSameRun(key % starts, last % starts)) return false;',
    '',
  ),
  row(
    'tags of the prompt hide it',
    `${folder}/prompt-index.ts`,
    "  (text) => text.replace(tags, ' '),\n",
    '',
  ),
  row('base64 is read at one alignment', `${folder}/decoders.ts`, 'group < 4; group++', 'group < 1; group++'),
  row(
    'the padding of base64 is skipped',
    `${folder}/decoders.ts`,
    "base64Digits['='.charCodeAt(0)] = 0;\n",
    '',
  ),
  row(
    'the zero of 0x is a digit',
    `${folder}/decoders.ts`,
    'if (this.isAfterZero && isX(codePoint)) this.isSecond = false;',
    '',
  ),
  row(
    'attributes end a tag',
    `${folder}/decoders.ts`,
    "(character === '<' || !this.escape.startsWith('<'))",
    'true',
  ),
  row(
    'a reference ends with its first digit',
    `${folder}/decoders.ts`,
    "if (meaning.isWhole) this.escape = '';",
    "this.escape = '';",
  ),
  row(
    'accents of HTML are none',
    `${folder}/escapes.ts`,
    'characters([letter.charCodeAt(0)])',
    'characters()',
  ),
  row(
    'bytes of ISO 8859-1 are lost',
    `${folder}/byte-reader.ts`,
    'return this.matcher.push(this.lead);',
    'return false;',
  ),
];

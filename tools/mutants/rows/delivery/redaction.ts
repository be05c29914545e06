import type { Mutant } from '../../mutant.ts';

const kinds = 'src/redaction/kinds';
const specs = ['src/redaction/redactor.spec.ts'];

/** Redaction of personal data and secrets in texts. */
export const redactionMutants: readonly Mutant[] = [
  {
    title: 'any run of digits is a payment card',
    file: `${kinds}/check-digits.ts`,
    find: 'return sum % 10 === 0;',
    replace: 'return sum >= 0;',
    specs,
    cheap: true,
  },
  {
    title: 'an IBAN needs no check digits',
    file: `${kinds}/check-digits.ts`,
    find: 'return remainder === 1;',
    replace: 'return remainder >= 0;',
    specs,
  },
  {
    title: 'an IBAN of lower case letters is left',
    file: `${kinds}/iban.ts`,
    find: 'text.slice(begin, at).toUpperCase()',
    replace: 'text.slice(begin, at)',
    specs,
  },
  {
    title: 'an address with a full-width sign is left',
    file: 'src/redaction/scanner.ts',
    find: 'code < 128 ? triggers[code] === 0 : code !== fullWidthAt',
    replace: 'code >= 128 || triggers[code] === 0',
    specs,
  },
  {
    title: 'a social security number is any number in that shape',
    file: `${kinds}/numbers.ts`,
    find: '/^(?!000|666|9)\\d{3}(?!00)\\d{2}(?!0000)\\d{4}$/u',
    replace: '/^\\d{9}$/u',
    specs,
  },
  {
    title: 'a number within a UUID is somebody’s',
    file: `${kinds}/numbers.ts`,
    find: '  if (uuid.test(text)) return true;\n',
    replace: '',
    specs,
  },
  {
    title: 'this machine is somebody’s address',
    file: `${kinds}/network-addresses.ts`,
    find: ' || nobody.test(found)',
    replace: '',
    specs,
  },
  {
    title: 'what is cut off of a line of the log is not read',
    file: 'src/redaction/redactor.ts',
    find: 'redact(text.slice(0, limit + beyond)).slice(0, limit)',
    replace: 'redact(text.slice(0, limit))',
    specs: [...specs, 'src/observability/log.spec.ts'],
  },
  {
    title: 'numbers of a text are judged without end',
    file: `${kinds}/phone.ts`,
    find: 'if (work.judged >= work.mostJudged) return true;',
    replace: '',
    specs,
  },
  {
    title: 'an answer keeps the tokens of its request',
    file: 'src/features/assistants/openai/calls/openai-calls.service.ts',
    find: 'redaction === null ? answer.parts : restoredAnswer(answer.parts, redaction)',
    replace: 'answer.parts',
    specs: ['test/journeys/openai-refusals.spec.ts'],
    test: 'has its values back',
  },
  {
    title: 'a token that comes in two pieces is not restored',
    file: 'src/redaction/reversible-redaction.ts',
    find: "const mayGoOn = open !== -1 && text.length - open < longestToken && !text.includes(']', open);",
    replace: 'const mayGoOn = false;',
    specs: ['src/redaction/reversible-redaction.spec.ts'],
  },
  {
    title: 'what looked like a token in a request is given a value',
    file: 'src/redaction/reversible-redaction.ts',
    find: 'if (!this.valueOf.has(found)) this.foreign.add(found);',
    replace: 'this.foreign.delete(found);',
    specs: ['src/redaction/reversible-redaction.spec.ts'],
  },
  {
    title: 'a value is put into JSON as it is',
    file: 'src/redaction/reversible-redaction.ts',
    find: "form === 'text' ? value : JSON.stringify(value).slice(1, -1)",
    replace: 'value',
    specs: ['src/redaction/reversible-redaction.spec.ts'],
  },
  {
    title: 'a national number is one without a word that says so',
    file: `${kinds}/phone.ts`,
    find: 'if (cue.test(before)) return isJudged',
    replace: 'if (cue.test(before) || digits >= 9) return isJudged',
    specs: ['src/redaction/labelled-texts.spec.ts', ...specs],
  },
  {
    title: 'words before a number are not read',
    file: `${kinds}/phone.ts`,
    find: "return holdsWord ? text.slice(at, begin) : '';",
    replace: "return '';",
    specs: ['src/redaction/labelled-texts.spec.ts', ...specs],
  },
];

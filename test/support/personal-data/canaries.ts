import { randomBytes, randomInt } from 'node:crypto';

/** One value that is found again wherever it is written, by this part of it. */
export interface Canary {
  readonly kind: string;
  readonly value: string;
  readonly mark: string;
}

const digits = (count: number): string =>
  Array.from({ length: count }, () => String(randomInt(1, 10))).join('');
const letters = (count: number): string => randomBytes(count).toString('hex').slice(0, count);
const opaque = (count: number): string =>
  randomBytes(count)
    .toString('base64url')
    .slice(0, count - 2) + 'a1';

/** ISO/IEC 7812: the digit by which the sum is a multiple of ten. */
function card(prefix: string): string {
  const body = prefix + digits(15 - prefix.length);
  const sum = [...body].reverse().reduce((total, digit, at) => {
    const doubled = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return body + String((10 - (sum % 10)) % 10);
}

/** ISO 13616: check digits by which the remainder is one. */
function germanIban(): string {
  const account = digits(18);
  const check = 98n - (BigInt(`${account}131400`) % 97n);
  return `DE${String(check).padStart(2, '0')}${account}`;
}

const whole = (kind: string, value: string): Canary => ({ kind, value, mark: value });
const times = (count: number, make: () => Canary): Canary[] => Array.from({ length: count }, make);

/**
 * Forty values, new ones each time: of persons, and secrets of every known shape. `unspoken` are names and passwords, which no
 * pattern finds: they must not be written down at all.
 */
export function canaries(): { readonly shaped: readonly Canary[]; readonly unspoken: readonly Canary[] } {
  const shaped = [
    ...times(5, () => whole('email', `${letters(10)}@${letters(8)}.example`)),
    ...times(4, () => whole('phone', `+49 170 ${digits(7)}`)),
    whole('phone', `(415) ${digits(3)}-${digits(4)}`),
    ...times(3, () => whole('card', card('4'))),
    whole('card', card('5105')),
    ...times(3, () => whole('iban', germanIban())),
    whole('ssn', `2${digits(2)}-${digits(2)}-${digits(4)}`),
    whole('ip', `203.0.113.${randomInt(100, 250)}`),
    whole('ip', `2001:db8:${letters(4)}::${letters(4)}:1a2b`),
    ...['sk-', 'sk-proj-', 'AIza', 'EAA', 'whsec_', 'velro_', 'sb_secret_', 'ghp_'].map((prefix) => {
      const rest = prefix === 'EAA' ? randomBytes(40).toString('hex') : opaque(38);
      return { kind: 'key', value: prefix + rest, mark: rest };
    }),
    whole('key', `${letters(8)}-${letters(4)}-4${letters(3)}-8${letters(3)}-${letters(12)}:${letters(32)}`),
    (() => {
      const signature = opaque(43);
      return { kind: 'token', value: `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.${signature}`, mark: signature };
    })(),
    (() => {
      const rest = opaque(30);
      return { kind: 'token', value: `Bearer ${rest}`, mark: rest };
    })(),
    (() => {
      const word = opaque(20);
      return { kind: 'credentials', value: `postgres://app:${word}@db.internal:5432/app`, mark: word };
    })(),
    (() => {
      const body = randomBytes(96).toString('base64');
      return {
        kind: 'key',
        value: `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`,
        mark: body,
      };
    })(),
  ];
  const unspoken = [
    ...times(4, () => whole('name', `Zebulon ${letters(9)} Quillfeather`)),
    ...times(3, () => whole('password', `Correct-${letters(12)}-horse!9`)),
  ];
  return { shaped, unspoken };
}

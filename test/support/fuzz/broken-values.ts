import { lengthOf } from './arbitrary.js';
import { resolved, type Schema } from './operations.js';

/** A value of a body that is almost right, and how it came about. */
export interface Broken<T> {
  readonly how: string;
  readonly value: T;
  /** Of what was broken: the same one elsewhere refuses the same. */
  readonly of: Schema;
  /** What forbids it there, where several changes break one rule; otherwise each breaks one of its own. */
  readonly rule?: string;
}

const nested = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Of no type that a field has. */
const wrongTypes: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  'text',
  [],
  ['text'],
  {},
  { a: 1 },
];
const deep = nested(50);
const wide = Array.from({ length: 1500 }, (_, at) => at);

/** Where a schema takes no value of this type, one rule forbids them all. */
function ruleOfType({ type }: Schema, value: unknown): { readonly rule?: string } {
  if (type === undefined) return {};
  const is = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  const taken = [type].flat().map((one) => (one === 'integer' ? 'number' : one));
  return taken.includes(is) ? {} : { rule: `of type ${is}` };
}

const record = (entries: readonly (readonly [string, unknown])[]): unknown => Object.fromEntries(entries);

type Change = Omit<Broken<unknown>, 'of'>;

/** Changes of a whole value, each by itself: most make it one that its schema forbids. */
export function breaksOf(given: Schema, value: unknown): Broken<unknown>[] {
  const schema = resolved(given);
  const of = (changes: readonly Change[]): Broken<unknown>[] =>
    changes.map((change) => ({ ...change, of: schema }));
  const whole = of([
    ...[
      ...wrongTypes.map((wrong) => ({ how: `${JSON.stringify(wrong)} in its place`, value: wrong })),
      { how: 'a list of it', value: [value] },
      { how: 'nested 50 deep', value: deep },
      { how: '1,500 values', value: wide },
    ].map((change) => ({ ...change, ...ruleOfType(schema, change.value) })),
  ]);
  if (typeof value === 'string') return [...whole, ...of(ofText(schema, value))];
  if (typeof value === 'number') return [...whole, ...of(ofNumber(schema, value))];
  if (Array.isArray(value)) return [...whole, ...ofList(schema, value)];
  if (typeof value === 'object' && value !== null)
    return [...whole, ...ofObject(schema, Object.entries(value))];
  return [...whole, ...of([{ how: 'as text', value: String(value) }])];
}

function ofText({ minLength = 0, maxLength, enum: choices }: Schema, text: string): Change[] {
  const longest = Math.min(maxLength ?? 8192, 8192);
  return [
    {
      how: 'one character too few',
      value: Array.from(text)
        .slice(0, Math.max(0, minLength - 1))
        .join(''),
    },
    { how: 'one character too many', value: text + '🦦'.repeat(longest + 1 - lengthOf(text)) },
    { how: '70,000 characters', value: 'a'.repeat(70_000) },
    { how: 'a NUL in it', value: `${text.slice(0, -1)}\0` },
    { how: 'half a surrogate pair in it', value: `${text.slice(0, -1)}\ud83e` },
    { how: 'a line break at its end', value: `${text}\r\n` },
    { how: 'a blank before it', value: ` ${text}` },
    ...(choices === undefined ? [] : [{ how: 'in capitals', value: text.toUpperCase() }]),
  ];
}

const ofNumber = ({ minimum, maximum }: Schema, number: number): Change[] => [
  ...(minimum === undefined ? [] : [{ how: 'one too small', value: minimum - 1 }]),
  ...(maximum === undefined ? [] : [{ how: 'one too large', value: maximum + 1 }]),
  { how: 'as text', value: String(number) },
  { how: 'half more', value: number + 0.5 },
];

function ofList(schema: Schema, list: readonly unknown[]): Broken<unknown>[] {
  const { items = {}, maxItems } = schema;
  const [first] = list;
  const whole: readonly Change[] = [
    ...(maxItems === undefined || first === undefined
      ? []
      : [{ how: 'one item too many', value: Array.from({ length: maxItems + 1 }, () => first) }]),
    ...(first === undefined ? [] : [{ how: 'an item twice', value: [...list, first] }]),
    { how: 'as an object', value: Object.fromEntries(list.map((item, at) => [String(at), item])) },
  ];
  const ofItem = first === undefined ? [] : breaksOf(items, first);
  return [
    ...whole.map((change) => ({ ...change, of: schema })),
    ...ofItem.map((broken) => ({ ...within('an item', broken), value: [broken.value, ...list.slice(1)] })),
  ];
}

const within = (name: string, { how, rule, ...broken }: Broken<unknown>): Broken<unknown> => ({
  ...broken,
  how: `${name}: ${how}`,
  ...(rule === undefined ? {} : { rule: `${name}: ${rule}` }),
});

function ofObject(schema: Schema, entries: readonly [string, unknown][]): Broken<unknown>[] {
  const { properties = {} } = schema;
  const own: readonly Change[] = [
    { how: 'a field more', value: record([...entries, ['no_such_field', 1]]) },
    { how: '__proto__', value: record([...entries, ['__proto__', { admin: true }]]) },
    { how: 'constructor', value: record([...entries, ['constructor', { prototype: { admin: true } }]]) },
    { how: 'a NUL in a name', value: record([...entries, ['a\0', 1]]) },
    ...entries.flatMap(([name]): Change[] => [
      { how: `without ${name}`, value: record(entries.filter(([other]) => other !== name)) },
      {
        how: `${name} in capitals`,
        value: record(entries.map((one) => (one[0] === name ? [name.toUpperCase(), one[1]] : one))),
      },
    ]),
  ];
  return [
    ...own.map((change) => ({ ...change, of: schema })),
    ...entries.flatMap(([name, value]) =>
      breaksOf(properties[name] ?? {}, value).map((broken) => ({
        ...within(name, broken),
        value: record(entries.map((one) => (one[0] === name ? [name, broken.value] : one))),
      })),
    ),
  ];
}

/** Texts of a parameter, most of which its schema forbids. */
export function brokenTexts(given: Schema, text: string): Broken<string>[] {
  const schema = resolved(given);
  const longer = text + 'a'.repeat(Math.max(1, Math.min(schema.maxLength ?? 300, 300) + 1 - text.length));
  const texts = [
    ['', 'empty'],
    [longer, 'too long'],
    [text.slice(0, Math.max(0, (schema.minLength ?? 1) - 1)), 'too short'],
    [`${text}\0`, 'a NUL in it'],
    [`${text}🦦`, 'another script in it'],
    [`${text}\r\nx: y`, 'a line break in it'],
    [text.toUpperCase(), 'in capitals'],
    ...[schema.minimum, schema.maximum].flatMap((bound, at) =>
      bound === undefined
        ? []
        : [[String(bound + (at === 0 ? -1 : 1)), at === 0 ? 'one too small' : 'one too large']],
    ),
    ...[
      'ten',
      '1e999',
      '1.5',
      '+1',
      '0x10',
      'null',
      '[]',
      '{}',
      'TRUE',
      '__proto__',
      "' or 1=1--",
      '../../etc',
    ].map((word) => [word, `${word} in its place`]),
  ] as [string, string][];
  return texts.map(([value, how]) => ({ how, value, of: schema }));
}

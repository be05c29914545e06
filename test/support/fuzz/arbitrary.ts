import fc from 'fast-check';
import { resolved, type Schema } from './operations.js';

/** Longer lists and texts come from `atBounds` alone: most values are small, so that many fit into a second. */
const usualItems = 4;

const matchings = new Map<string, fc.Arbitrary<string>>();

/** Texts that match. Made once for each pattern: making them tries long alphabets, and the same schemas come for every caller. */
function matching(pattern: string): fc.Arbitrary<string> {
  const known = matchings.get(pattern);
  if (known !== undefined) return known;
  const made = fc.stringMatching(new RegExp(pattern, 'u'));
  matchings.set(pattern, made);
  return made;
}

/** Names that no schema has. */
const otherNames = fc.stringMatching(/^[a-z]{1,8}x$/);

/** Values that a schema allows, those at its bounds among them. */
export function valuesOf(given: Schema): fc.Arbitrary<unknown> {
  const schema = resolved(given);
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices !== undefined) return fc.oneof(...choices.map(valuesOf));
  if (schema.allOf !== undefined) return valuesOf(merged(schema, schema.allOf));
  if (typeof schema.type !== 'string' && schema.type !== undefined)
    return fc.oneof(...schema.type.map((type) => valuesOf({ ...schema, type })));
  return ofType(schema);
}

function merged(schema: Schema, parts: readonly Schema[]): Schema {
  const { allOf: _, ...own } = schema;
  return parts.map(resolved).reduce<Schema>(
    (all, part) => ({
      ...all,
      ...part,
      properties: { ...all.properties, ...part.properties },
      required: [...(all.required ?? []), ...(part.required ?? [])],
    }),
    own,
  );
}

function ofType(schema: Schema): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'string':
      return texts(schema);
    case 'integer':
      return fc.integer(bounds(schema));
    case 'number':
      return fc.double({ noNaN: true, noDefaultInfinity: true, ...bounds(schema) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return lists(schema);
    case 'object':
      return objects(schema);
    default:
      return anything;
  }
}

/** Small JSON values without what the service refuses in any JSON. */
const anything: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, '', 'text'),
  fc.array(fc.integer(), { maxLength: 2 }),
  fc.dictionary(otherNames, fc.integer(), { maxKeys: 2 }),
);

const bounds = ({ minimum, maximum }: Schema): { min?: number; max?: number } => ({
  ...(minimum === undefined ? {} : { min: minimum }),
  ...(maximum === undefined ? {} : { max: maximum }),
});

function lists({
  items = {},
  minItems = 0,
  maxItems = usualItems,
  uniqueItems,
  'x-unique-by': field,
}: Schema): fc.Arbitrary<unknown> {
  const selector = (item: unknown): string =>
    JSON.stringify(field === undefined ? item : (item as Record<string, unknown>)[field]);
  const size = { minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, usualItems)) };
  return uniqueItems === true
    ? fc.uniqueArray(valuesOf(items), { ...size, selector })
    : fc.array(valuesOf(items), size);
}

function objects({
  properties = {},
  required = [],
  additionalProperties,
  maxProperties = 3,
}: Schema): fc.Arbitrary<unknown> {
  const known = fc.record(
    Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, valuesOf(schema)])),
    { requiredKeys: [...required] },
  );
  if (additionalProperties === false) return known.map((value) => ({ ...value }));
  const more = typeof additionalProperties === 'object' ? valuesOf(additionalProperties) : anything;
  return fc
    .tuple(fc.dictionary(otherNames, more, { maxKeys: Math.min(3, maxProperties) }), known)
    .map(([others, own]) => ({ ...others, ...own }));
}

const uuids = fc.oneof(
  fc.uuid(),
  // Of a version and variant that nobody uses.
  fc.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
);

/** As RFC 3339 allows: with any offset, with or without parts of a second. */
const moments = fc
  .tuple(
    fc.date({
      min: new Date('0001-01-02T00:00:00Z'),
      max: new Date('9998-12-30T00:00:00Z'),
      noInvalidDate: true,
    }),
    fc.constantFrom('Z', '+00:00', '-00:00', '+14:00', '-11:30'),
    fc.constantFrom('', '.5', '.123456789'),
  )
  .map(([date, offset, fraction]) => `${date.toISOString().slice(0, 19)}${fraction}${offset}`);

/** Days of this millennium. */
const days = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

const emails = fc
  .tuple(fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/), fc.stringMatching(/^[a-z][a-z0-9]{0,10}$/))
  .map(([local, host]) => `${local}@${host}.example`);

const formats: Readonly<Record<string, fc.Arbitrary<string>>> = {
  uuid: fc.oneof(
    uuids,
    uuids.map((id) => id.toUpperCase()),
  ),
  'date-time': moments,
  date: days,
  email: emails,
  ipv4: fc.ipV4(),
  ipv6: fc.ipV6(),
  uri: fc.webUrl(),
  binary: fc.string({ unit: 'grapheme-ascii', minLength: 1 }),
};

/** Characters of a text, which JSON Schema counts as code points. */
export const lengthOf = (text: string): number => Array.from(text).length;

const isFree = (pattern: string | undefined): boolean => pattern === undefined || pattern === '^[^\\u0000]*$';

function texts({ format, pattern, minLength = 0, maxLength = 100_000 }: Schema): fc.Arbitrary<string> {
  const formatted = format === undefined ? undefined : formats[format];
  const fits = (text: string): boolean => lengthOf(text) >= minLength && lengthOf(text) <= maxLength;
  if (formatted !== undefined)
    return pattern === undefined
      ? formatted
      : formatted.filter((text) => new RegExp(pattern, 'u').test(text));
  if (!isFree(pattern)) return matching(pattern ?? '').filter(fits);
  const usual = { minLength, maxLength: Math.max(minLength, Math.min(maxLength, minLength + 40)) };
  const ofLength = (length: number): fc.Arbitrary<string> =>
    fc.constantFrom('a', 'é', '🦦').map((unit) => unit.repeat(length));
  return fc.oneof(
    {
      arbitrary: fc.string({ unit: 'binary', ...usual }).map((text) => text.replaceAll('\0', 'x')),
      weight: 4,
    },
    { arbitrary: fc.string({ unit: 'grapheme-ascii', ...usual }), weight: 4 },
    { arbitrary: ofLength(minLength), weight: 1 },
    { arbitrary: ofLength(Math.min(maxLength, 8192)), weight: 1 },
  );
}

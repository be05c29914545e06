import { describe, expect, it } from '@jest/globals';
import { Description, type Break, type Part, type Side } from './description.ts';
import { SchemaComparison } from './schemas.ts';

const tagged = (event: string) => ({
  type: 'object',
  required: ['is'],
  properties: { is: { enum: [event] } },
});
const animals = { Cat: tagged('cat'), Dog: tagged('dog'), Fish: tagged('fish') };
const [cat, dog, fish] = ['Cat', 'Dog', 'Fish'].map((name) => ({ $ref: `#/components/schemas/${name}` }));

const breaksOf = (
  before: unknown,
  after: unknown,
  side: Side,
  [old, present]: readonly [Part, Part] = [animals, animals],
): readonly Break[] =>
  new SchemaComparison(
    new Description({ components: { schemas: old } }),
    new Description({ components: { schemas: present } }),
  ).compare(before, after, side, 'here');
const rulesOf = (...of: Parameters<typeof breaksOf>): string[] => breaksOf(...of).map(({ rule }) => rule);
const placesOf = (...of: Parameters<typeof breaksOf>): string[] =>
  breaksOf(...of).map(({ rule, where }) => `${rule} ${where}`);

const text = { type: 'string' };
const array = { type: 'array' };
const integer = { type: 'integer' };
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });

describe('a schema that allows more', () => {
  it.each([
    ['type', 'another type', text, { type: ['string', 'integer'] }],
    ['type', 'another type as an alternative', text, { anyOf: [text, integer] }],
    ['type', 'numbers with a fraction', integer, { type: 'number' }],
    ['type', 'any type', text, {}],
    ['type', 'any type, as true', text, true],
    ['type', 'another type of a field', object({ a: text }), object({ a: {} })],
    ['type', 'another type of items', { ...array, items: text }, array],
    ['type', 'another type in a map', { ...object({}), additionalProperties: text }, object({})],
    ['nullability', 'null', text, { type: ['string', 'null'] }],
    ['nullability', 'null as an alternative', cat, { anyOf: [cat, { type: 'null' }] }],
    ['nullability', 'null among values', { enum: ['a'] }, { enum: ['a', null] }],
    ['enum', 'another value', { enum: ['a'] }, { enum: ['b', 'a'] }],
    ['enum', 'another value than one', { const: 'a' }, { enum: ['a', 'b'] }],
    ['enum', 'any text', { ...text, enum: ['a'] }, text],
    ['enum', 'the other truth', { type: 'boolean', enum: [true] }, { type: 'boolean' }],
    ['bounds', 'longer texts', { ...text, maxLength: 5 }, { ...text, maxLength: 6 }],
    ['bounds', 'texts of any length', { ...text, maxLength: 5 }, text],
    ['bounds', 'shorter texts', { ...text, minLength: 2 }, { ...text, minLength: 1 }],
    ['bounds', 'the empty text', { ...text, minLength: 1 }, text],
    ['bounds', 'greater numbers', { ...integer, maximum: 5 }, { ...integer, maximum: 6 }],
    ['bounds', 'smaller numbers', { ...integer, minimum: 1 }, integer],
    ['bounds', 'the bound itself', { type: 'number', exclusiveMaximum: 5 }, { type: 'number', maximum: 5 }],
    ['bounds', 'numbers between', { ...integer, multipleOf: 4 }, { ...integer, multipleOf: 2 }],
    ['bounds', 'more items', { ...array, maxItems: 1 }, { ...array, maxItems: 2 }],
    ['bounds', 'no items', { ...array, minItems: 1 }, array],
    ['bounds', 'equal items', { ...array, uniqueItems: true }, array],
    ['bounds', 'more members', object({}, { maxProperties: 1 }), object({})],
    [
      'bounds',
      'what one part refuses',
      { allOf: [{ ...text, maxLength: 3 }, { maxLength: 9 }] },
      { ...text, maxLength: 4 },
    ],
    ['pattern', 'what a pattern refuses', { ...text, pattern: '^a' }, text],
    ['format', 'texts of any form', { ...text, format: 'uuid' }, text],
    ['format', 'numbers of 64 bits', { ...integer, format: 'int32' }, { ...integer, format: 'int64' }],
    ['format', 'bytes of any kind', { ...text, contentMediaType: 'image/png' }, text],
    ['alternatives', 'one more alternative', { oneOf: [cat, dog] }, { oneOf: [cat, dog, fish] }],
  ] as const)('(%s) by %s breaks answers, and requests the other way round', (kind, _title, some, more) => {
    expect(rulesOf(some, more, 'answer')).toEqual([`answer-${kind}-widened`]);
    expect(rulesOf(more, some, 'request')).toEqual([`request-${kind}-narrowed`]);
    expect(rulesOf(more, some, 'answer')).toEqual([]);
    expect(rulesOf(some, more, 'request')).toEqual([]);
  });

  it.each([
    [
      'of which nothing says which is wider: patterns',
      'pattern',
      { ...text, pattern: 'a' },
      { ...text, pattern: 'b' },
    ],
    [
      'of which nothing says which is wider: formats',
      'format',
      { ...text, format: 'uuid' },
      { ...text, format: 'uri' },
    ],
    ['to another type', 'type', text, integer],
    ['to other alternatives', 'alternatives', { oneOf: [cat, dog] }, { oneOf: [fish, dog] }],
  ])('and less, by a change %s, breaks both', (_title, kind, some, other) => {
    expect(rulesOf(some, other, 'answer')).toEqual([`answer-${kind}-widened`]);
    expect(rulesOf(some, other, 'request')).toEqual([`request-${kind}-narrowed`]);
  });

  it.each(['not', 'if', 'patternProperties', 'dependentRequired', 'propertyNames', 'someday'])(
    'or less by `%s` breaks both, as that is not known',
    (keyword) => {
      for (const pair of [
        [{ a: text }, undefined],
        [undefined, { a: text }],
      ].map((values) =>
        values.map((value) => (value === undefined ? object({}) : object({}, { [keyword]: value }))),
      )) {
        expect(rulesOf(pair[0], pair[1], 'answer')).toEqual(['answer-undecided']);
        expect(rulesOf(pair[0], pair[1], 'request')).toEqual(['request-undecided']);
      }
    },
  );
});

describe('a field', () => {
  const closed = { additionalProperties: false };
  const none = object({}, closed);
  const optional = object({ a: text }, closed);
  const required = object({ a: text }, { ...closed, required: ['a'] });
  it.each([
    ['that comes new', none, optional, { request: [], answer: [] }],
    ['that comes new and required', none, required, { request: ['request-field-required'], answer: [] }],
    ['that goes', optional, none, { request: ['request-field-removed'], answer: ['answer-field-removed'] }],
    [
      'that goes where it was required',
      required,
      none,
      { request: ['request-field-removed'], answer: ['answer-field-removed'] },
    ],
    [
      'that goes where others are taken',
      object({ a: text }),
      object({}),
      { request: [], answer: ['answer-field-removed'] },
    ],
    ['that becomes required', optional, required, { request: ['request-field-required'], answer: [] }],
    ['that becomes optional', required, optional, { request: [], answer: ['answer-field-optional'] }],
    ['that is not named', object({}), none, { request: ['request-closed'], answer: [] }],
    ['that is not named, and is taken now', none, object({}), { request: [], answer: [] }],
    [
      'that comes new in a map of others',
      { ...object({}), additionalProperties: text },
      { ...object({ a: integer }), additionalProperties: text },
      { request: ['request-type-narrowed'], answer: ['answer-type-widened'] },
    ],
  ] as const)('%s breaks what depends on it', (_title, before, after, rules) => {
    expect(rulesOf(before, after, 'request')).toEqual(rules.request);
    expect(rulesOf(before, after, 'answer')).toEqual(rules.answer);
  });
});

describe('a field that travels in one direction', () => {
  const open = object({ a: text }, { additionalProperties: false, required: ['a'] });
  const marked = (mark: object) => ({ ...open, properties: { a: { ...text, ...mark } } });
  const behind = { ...open, properties: { a: { $ref: '#/components/schemas/Hidden' } } };
  it.each([
    ['answer', marked({ writeOnly: true }), ['answer-field-removed']],
    ['answer', marked({ readOnly: true }), []],
    ['answer', behind, ['answer-field-removed']],
    ['request', marked({ readOnly: true }), ['request-field-removed']],
    ['request', marked({ writeOnly: true }), []],
  ] as const)('is one less in the other: %s', (side, other, rules) => {
    const schemas = { Hidden: { ...text, writeOnly: true } };
    expect(rulesOf(open, other, side, [schemas, schemas])).toEqual(rules);
    expect(rulesOf(other, other, side, [schemas, schemas])).toEqual([]);
  });
});

describe('the default of what a request may omit', () => {
  const field = (more: object) => object({ a: { ...text, ...more } });
  it.each([
    ['that is another', field({ default: 'a' }), field({ default: 'b' }), ['request-default-changed']],
    ['that is stated no longer', field({ default: 'a' }), field({}), ['request-default-changed']],
    ['that comes new', field({}), field({ default: 'a' }), []],
    [
      'that is the same of an alternative',
      field({ default: 'a' }),
      object({ a: { anyOf: [{ ...text, default: 'a' }, { type: 'null' }] } }),
      [],
    ],
    [
      'that is another behind a reference',
      object({ a: { $ref: '#/components/schemas/One' } }),
      object({ a: { allOf: [{ $ref: '#/components/schemas/Two' }] } }),
      ['request-default-changed'],
    ],
  ])('breaks what relies on it: one %s', (_title, before, after, rules) => {
    const schemas = { One: { ...text, default: 'a' }, Two: { ...text, default: 'b' } };
    expect(rulesOf(before, after, 'request', [schemas, schemas])).toEqual(rules);
  });
});

describe('other spellings', () => {
  it.each([
    ['a component in its place', cat, animals.Cat],
    ['a list of types', { type: ['string', 'null'] }, { anyOf: [{ type: 'null' }, text] }],
    ['one part', cat, { allOf: [cat], description: 'a cat' }],
    ['parts', object({ a: text, b: text }), { allOf: [object({ a: text }), object({ b: text })] }],
    ['one value', { const: 1 }, { enum: [1] }],
    ['the last number before a bound', { ...integer, exclusiveMinimum: 0 }, { ...integer, minimum: 1 }],
    ['a type that values imply', { enum: ['a'] }, { type: 'string', enum: ['a'] }],
    ['alternatives in another order', { oneOf: [cat, dog] }, { anyOf: [dog, cat] }],
    ['texts for people', { ...text, title: 'a', example: 'b' }, { ...text, description: 'c', 'x-order': 1 }],
    [
      'values as alternatives',
      { enum: ['a', 'b', 1] },
      { anyOf: [{ const: 'a' }, { const: 1 }, { type: 'string', enum: ['b'] }] },
    ],
    ['a bound of another type', text, { ...text, maximum: 3 }],
  ])('of the same break nothing: %s', (_title, one, other) => {
    for (const side of ['request', 'answer'] as const) {
      expect(rulesOf(one, other, side)).toEqual([]);
      expect(rulesOf(other, one, side)).toEqual([]);
    }
  });
});

describe('what is marked by x-extensible', () => {
  const mark = { 'x-extensible': true };
  it.each([
    ['values', { enum: ['a'], ...mark }, { enum: ['a', 'b'], ...mark }],
    ['alternatives', { oneOf: [cat], ...mark }, { oneOf: [cat, dog], ...mark }],
  ])('may get more %s in answers', (_title, some, more) => {
    expect(rulesOf(some, more, 'answer')).toEqual([]);
  });

  it.each([
    [
      'where the released description has no mark',
      { enum: ['a'] },
      { enum: ['a', 'b'], ...mark },
      'answer-enum-widened',
    ],
    [
      'where the released alternatives have no mark',
      { oneOf: [cat, dog] },
      { oneOf: [cat, dog, fish], ...mark },
      'answer-alternatives-widened',
    ],
    [
      'by another type',
      { enum: ['a'], ...mark },
      { type: ['string', 'integer'], ...mark },
      'answer-type-widened',
    ],
    [
      'by null',
      { oneOf: [cat], ...mark },
      { oneOf: [cat, { type: 'null' }], ...mark },
      'answer-nullability-widened',
    ],
    [
      'by alternatives beside marked values',
      { anyOf: [{ enum: ['a'], ...mark }, cat] },
      { anyOf: [{ enum: ['a'], ...mark }, cat, dog] },
      'answer-alternatives-widened',
    ],
  ])('does not grow %s', (_title, some, more, rule) => {
    expect(rulesOf(some, more, 'answer')).toEqual([rule]);
  });

  it.each([
    [
      'a field of one changes',
      { oneOf: [object({ a: text }), object({ b: text })], ...mark },
      { oneOf: [object({ a: integer }), object({ b: text })], ...mark },
      ['answer-alternative-removed'],
    ],
    [
      'one gets another name and field',
      { oneOf: [cat, dog], ...mark },
      { oneOf: [cat, fish], ...mark },
      ['answer-alternative-removed'],
    ],
    ['one goes', { oneOf: [cat, dog], ...mark }, { oneOf: [cat], ...mark }, ['answer-alternative-removed']],
    [
      'one has another place',
      { oneOf: [cat, dog], ...mark },
      { oneOf: [fish, { ...animals.Dog, description: 'a dog' }, cat], ...mark },
      [],
    ],
    [
      'one is named, and has the same',
      { oneOf: [animals.Cat, dog], ...mark },
      { oneOf: [cat, dog, fish], ...mark },
      [],
    ],
  ])('keeps its alternatives as they were: %s', (_title, before, after, rules) => {
    expect(rulesOf(before, after, 'answer')).toEqual(rules);
  });

  it('shows what changes in an alternative that keeps its name', () => {
    const other = { ...animals, Dog: { ...animals.Dog, required: [] } };
    const both = { oneOf: [cat, dog], ...mark };
    expect(placesOf(both, both, 'answer', [animals, other])).toEqual(['answer-field-optional here.is']);
  });

  it('may not lose values in requests', () => {
    expect(rulesOf({ enum: ['a', 'b'], ...mark }, { enum: ['a'], ...mark }, 'request')).toEqual([
      'request-enum-narrowed',
    ]);
  });
});

describe('a schema that contains itself', () => {
  const node = (value: object) => ({
    Node: object({
      value,
      next: { anyOf: [{ $ref: '#/components/schemas/Node' }, { type: 'null' }] },
      all: { ...array, items: { $ref: '#/components/schemas/Node' } },
    }),
  });
  const reference = { $ref: '#/components/schemas/Node' };

  it('breaks nothing where it is the same', () => {
    expect(rulesOf(reference, reference, 'answer', [node(text), node(text)])).toEqual([]);
  });

  it('breaks at its own place, once', () => {
    const list = { ...array, items: reference };
    expect(new Set(placesOf(list, list, 'request', [node(text), node(integer)]))).toEqual(
      new Set(['request-type-narrowed Node.value']),
    );
  });

  it.each([
    ['a list of lists', { ...array, items: { $ref: '#/components/schemas/Self' } }, array],
    [
      'a map of maps',
      { ...object({}), additionalProperties: { $ref: '#/components/schemas/Self' } },
      object({}),
    ],
    ['a chain', object({ next: { $ref: '#/components/schemas/Self' } }), object({})],
  ])('is compared with one of the same type that allows anything: %s', (_title, self, open) => {
    const one = { Self: self };
    const reference = { $ref: '#/components/schemas/Self' };
    expect(rulesOf(reference, open, 'request', [one, one])).toEqual([]);
    expect(rulesOf(open, reference, 'answer', [one, one])).toEqual([]);
    expect(rulesOf(reference, open, 'answer', [one, one]).length).toBeGreaterThan(0);
  });

  it('is compared in one that consists of two such', () => {
    const list = (kind: object) =>
      object({ next: { $ref: `#/components/schemas/${kind === text ? 'A' : 'B'}` }, kind });
    const two = { A: list(text), B: list({ maxLength: 3 }) };
    const whole = { allOf: [{ $ref: '#/components/schemas/A' }, { $ref: '#/components/schemas/B' }] };
    expect(rulesOf(whole, whole, 'answer', [two, two])).toEqual([]);
    expect(rulesOf(whole, { $ref: '#/components/schemas/A' }, 'answer', [two, two])).toContain(
      'answer-bounds-widened',
    );
  });

  it('as its own alternative ends', () => {
    const loop = { Loop: { anyOf: [text, { $ref: '#/components/schemas/Loop' }] } };
    expect(rulesOf({ $ref: '#/components/schemas/Loop' }, text, 'request', [loop, loop])).toEqual([]);
  });
});

it('names the place of a change by component, field, item and value', () => {
  const before = object({
    a: { ...array, items: object({ b: text }) },
    c: { ...object({}), additionalProperties: text },
    d: cat,
  });
  const after = object({
    a: { ...array, items: object({ b: {} }) },
    c: { ...object({}), additionalProperties: {} },
    d: cat,
  });
  const other = { ...animals, Cat: { ...animals.Cat, required: [] } };
  expect(placesOf(before, after, 'answer', [animals, other])).toEqual([
    'answer-type-widened here.a[].b',
    'answer-type-widened here.c.*',
    'answer-field-optional Cat.is',
  ]);
});

it('names each place of the same change', () => {
  const fields = (items: boolean) => object({ a: { ...array, items }, b: { ...array, items } });
  expect(placesOf(fields(true), fields(false), 'request')).toEqual([
    'request-type-narrowed here.a[]',
    'request-type-narrowed here.b[]',
  ]);
});

it('refuses a reference that leads nowhere', () => {
  expect(() => rulesOf({ $ref: '#/components/schemas/None' }, text, 'answer')).toThrow('leads nowhere');
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { valuesOf } from './arbitrary.js';
import { operations, schemas, type Schema } from './operations.js';
import { faultsBy } from './schema-faults.js';

const own: Record<string, Schema> = {
  'a list of types': { type: ['integer', 'null'], minimum: 3, maximum: 5 },
  'a constant': { const: { a: 1 } },
  'one of two shapes that a constant tells apart': {
    oneOf: [
      {
        type: 'object',
        properties: { kind: { const: 'a' } },
        required: ['kind'],
        additionalProperties: false,
      },
      {
        type: 'object',
        properties: { kind: { const: 'b' } },
        required: ['kind'],
        additionalProperties: false,
      },
    ],
  },
  'all of two shapes': {
    allOf: [
      { type: 'object', properties: { a: { type: 'boolean' } }, required: ['a'] },
      { type: 'object', properties: { b: { type: 'boolean' } }, required: ['b'] },
    ],
  },
  'a list of unique words': { type: 'array', items: { enum: ['a', 'b'] }, minItems: 2, uniqueItems: true },
  'a map': { type: 'object', additionalProperties: { type: 'number', minimum: 0.5 }, maxProperties: 3 },
  'a text of a pattern': { type: 'string', pattern: '^[A-Z]{2}[0-9]+$', maxLength: 6 },
  'a text of code points': { type: 'string', minLength: 2, maxLength: 3 },
};

const ofBodies = operations.flatMap(({ name, bodies }) =>
  bodies.map(({ type, schema }): [string, Schema] => [`${name} as ${type}`, schema]),
);
const ofParameters = operations.flatMap(({ name, parameters }) =>
  parameters.map((one): [string, Schema] => [`${one.in} ${one.name} of ${name}`, one.schema]),
);

describe('a value made from a schema', () => {
  it.each([...Object.entries(own), ...Object.entries(schemas), ...ofBodies, ...ofParameters])(
    'is one that the schema allows: %s',
    (_title, schema) => {
      fc.assert(
        fc.property(valuesOf(schema), (value) => {
          expect(faultsBy(schema, value)).toEqual([]);
        }),
        { numRuns: 20, seed: 1 },
      );
    },
  );
});

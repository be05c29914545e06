import { describe, expect, it } from '@jest/globals';
import type { OperationObject, SchemasObject } from './open-api.js';
import { completeRequests } from './requests.js';

const bodyOf = (name: string, type = 'application/json'): OperationObject => ({
  responses: {},
  requestBody: { required: true, content: { [type]: { schema: { $ref: `#/components/schemas/${name}` } } } },
});
const shapes = (): SchemasObject => ({
  Optional: { type: 'object', properties: { scope: { type: 'string', enum: ['this', 'all'] } } },
  Mixed: {
    type: 'object',
    properties: { name: { type: 'string' }, size: { type: 'integer' } },
    required: ['name'],
  },
});

describe('the description of a body', () => {
  it('says that other fields are refused', () => {
    const schemas = shapes();
    completeRequests([bodyOf('Mixed')], schemas);
    expect(schemas['Mixed']).toMatchObject({ additionalProperties: false });
  });

  it('says so of the classes that its lists are of as well', () => {
    const schemas: SchemasObject = {
      ...shapes(),
      Listing: {
        type: 'object',
        properties: { items: { type: 'array', items: { $ref: '#/components/schemas/Mixed' } } },
        required: ['items'],
      },
    };
    completeRequests([bodyOf('Listing'), bodyOf('Listing')], schemas);
    expect(schemas['Mixed']).toMatchObject({
      additionalProperties: false,
      properties: { size: { type: ['integer', 'null'] } },
    });
  });

  it('says that null counts as omitted in an optional field, and in no other', () => {
    const schemas = shapes();
    // Twice: several operations may take the same body.
    completeRequests([bodyOf('Mixed'), bodyOf('Mixed'), bodyOf('Optional'), bodyOf('Optional')], schemas);
    expect([schemas['Mixed'], schemas['Optional']]).toMatchObject([
      { properties: { name: { type: 'string' }, size: { type: ['integer', 'null'] } } },
      { properties: { scope: { type: ['string', 'null'], enum: ['this', 'all', null] } } },
    ]);
  });

  it('knows no null in a form', () => {
    const schemas = shapes();
    completeRequests([bodyOf('Mixed', 'multipart/form-data')], schemas);
    expect(schemas['Mixed']).toMatchObject({ properties: { size: { type: 'integer' } } });
  });

  it.each([
    ['Optional', false],
    ['Mixed', true],
  ])('says whether it may be left out: the one of %s is required: %s', (name, required) => {
    const operation = bodyOf(name);
    completeRequests([operation], shapes());
    expect(operation.requestBody).toMatchObject({ required });
  });
});

import { describe, expect, it } from '@jest/globals';
import { part, type Part } from './description.ts';
import { breaksOf } from './operations.ts';

const text = { type: 'string' };
const event = (name: string) => ({
  type: 'object',
  required: ['event'],
  properties: { event: { enum: [name] } },
});
const ok = { description: '', content: { 'application/json': { schema: text } } };
const form = (contentType: string) => ({
  content: { 'multipart/form-data': { schema: { type: 'object' }, encoding: { file: { contentType } } } },
});

/** A description with one operation. */
const described = (operation: object, more: object = {}, path = '/things/{id}'): Part => ({
  paths: { [path]: { post: { responses: { '200': ok }, ...operation } } },
  ...more,
});
const query = (more: object = {}) => ({ parameters: [{ in: 'query', name: 'q', schema: text, ...more }] });
const body = (schema: object = text, more: object = {}) => ({
  requestBody: { content: { 'application/json': { schema } }, ...more },
});
const answer = (more: object, status = '200') => ({ responses: { '200': ok, [status]: { ...ok, ...more } } });
const header = (name: string, more: object = {}) =>
  answer({ headers: { [name]: { schema: text, ...more } } });
const stream = (...names: string[]) =>
  answer({ content: { 'text/event-stream': { schema: { oneOf: names.map(event) } } } });
const media = (...types: string[]) => ({
  content: Object.fromEntries(types.map((type) => [type, { schema: text }])),
});
/** An operation whose problems have these codes, each of the schema and of a status. */
const problems = (codes: readonly string[], byStatus: Readonly<Record<string, readonly string[]>>): Part =>
  described(
    {
      responses: {
        '200': ok,
        ...Object.fromEntries(
          Object.entries(byStatus).map(([status, own]) => [
            status,
            {
              content: {
                'application/problem+json': {
                  schema: { $ref: '#/components/schemas/Problem' },
                  examples: Object.fromEntries(own.map((code) => [code, { value: { code } }])),
                },
              },
            },
          ]),
        ),
      },
    },
    {
      components: {
        schemas: {
          Problem: { type: 'object', properties: { code: { enum: codes, 'x-extensible': true } } },
        },
      },
    },
  );
const scopes = (...names: string[]) => ({ security: [{ key: names }] });

const rules = (before: Part, after: Part): string[] => breaksOf(before, after).map(({ rule }) => rule);

describe('a change of an operation', () => {
  it.each([
    ['its end', described({}), { paths: {} }, ['operation-removed'], []],
    [
      'another name of its path',
      described({}),
      described({}, {}, '/items/{id}'),
      ['operation-removed'],
      ['operation-removed'],
    ],
    [
      'another name in its path',
      described({}),
      described({}, {}, '/things/{thing}'),
      ['operation-removed'],
      ['operation-removed'],
    ],
    ['a new optional parameter', described({}), described(query()), [], ['request-parameter-removed']],
    [
      'a new required parameter',
      described({}),
      described(query({ required: true })),
      ['request-parameter-required'],
      ['request-parameter-removed'],
    ],
    [
      'a required parameter',
      described(query()),
      described(query({ required: true })),
      ['request-parameter-required'],
      [],
    ],
    [
      'a new required header',
      described({}),
      described(query({ in: 'header', required: true })),
      ['request-parameter-required'],
      ['request-parameter-removed'],
    ],
    [
      'a header in other letters',
      described(query({ in: 'header' })),
      described(query({ in: 'header', name: 'Q' })),
      [],
      [],
    ],
    [
      'a parameter in another place',
      described(query()),
      described(query({ in: 'header' })),
      ['request-parameter-removed'],
      ['request-parameter-removed'],
    ],
    [
      'a parameter of another type',
      described(query({ schema: {} })),
      described(query()),
      ['request-type-narrowed'],
      [],
    ],
    [
      'a list in another style',
      described(query()),
      described(query({ explode: false })),
      ['request-parameter-style'],
      ['request-parameter-style'],
    ],
    ['a new optional body', described({}), described(body()), [], ['request-media-removed']],
    [
      'a new required body',
      described({}),
      described(body(text, { required: true })),
      ['request-body-required'],
      ['request-media-removed'],
    ],
    [
      'a required body',
      described(body()),
      described(body(text, { required: true })),
      ['request-body-required'],
      [],
    ],
    ['a body that allows less', described(body({})), described(body()), ['request-type-narrowed'], []],
    [
      'one media type less',
      described({ requestBody: media('text/plain', 'text/csv') }),
      described({ requestBody: media('text/plain') }),
      ['request-media-removed'],
      [],
    ],
    [
      'files of one type less',
      described({ requestBody: form('image/png, image/webp') }),
      described({ requestBody: form('image/png') }),
      ['request-media-removed'],
      [],
    ],
    [
      'files of one type alone',
      described({ requestBody: { content: { 'multipart/form-data': { schema: { type: 'object' } } } } }),
      described({ requestBody: form('image/png') }),
      ['request-media-removed'],
      [],
    ],
    ['a new problem status', described({}), described(answer({}, '409')), [], []],
    [
      'a new status of success',
      described({}),
      described(answer({}, '202')),
      ['answer-status-added'],
      ['answer-status-removed'],
    ],
    [
      'a new answer to If-None-Match',
      described({}),
      described(answer({}, '304')),
      [],
      ['answer-status-removed'],
    ],
    [
      'another status of success',
      described({ responses: { '200': ok } }),
      described({ responses: { '201': ok } }),
      ['answer-status-added', 'answer-status-removed'],
      ['answer-status-added', 'answer-status-removed'],
    ],
    ['a header less', described(header('ETag')), described({}), ['answer-header-removed'], []],
    [
      'a header of a problem less',
      described({ responses: { '429': { headers: { 'Retry-After': { schema: text } } } } }),
      described({ responses: { '429': {} } }),
      ['answer-header-removed'],
      [],
    ],
    [
      'a header that may be missing',
      described(header('ETag', { required: true })),
      described(header('etag')),
      ['answer-header-optional'],
      [],
    ],
    [
      'a header of any type',
      described(header('ETag')),
      described(header('ETag', { schema: {} })),
      ['answer-type-widened'],
      [],
    ],
    [
      'one media type of the answer less',
      described(answer(media('text/plain', 'text/csv'))),
      described(answer(media('text/csv'))),
      ['answer-media-removed'],
      ['answer-media-added'],
    ],
    [
      'no body of the answer',
      described({}),
      described({ responses: { '200': {} } }),
      ['answer-media-removed'],
      [],
    ],
    [
      'an answer that allows more',
      described({}),
      described(answer({ content: { 'application/json': { schema: {} } } })),
      ['answer-type-widened'],
      [],
    ],
    [
      'an event less',
      described(stream('a', 'b')),
      described(stream('a')),
      ['answer-event-removed'],
      ['answer-enum-widened'],
    ],
    ['credentials', described({ security: [] }), described(scopes()), ['request-security-tightened'], []],
    [
      'one scope more',
      described(scopes('read')),
      described(scopes('read', 'write')),
      ['request-security-tightened'],
      [],
    ],
    [
      'one way to sign in less',
      described({ security: [{ key: [] }, { token: [] }] }),
      described({ security: [{ key: [] }] }),
      ['request-security-tightened'],
      [],
    ],
    [
      'two credentials at once',
      described(scopes()),
      described({ security: [{ key: [], token: [] }] }),
      ['request-security-tightened'],
      [],
    ],
    [
      'credentials for everything',
      described({}),
      described({}, scopes()),
      ['request-security-tightened'],
      [],
    ],
    [
      'credentials that are optional',
      described(scopes()),
      described({ security: [{ key: [] }, {}] }),
      [],
      ['request-security-tightened'],
    ],
    [
      'another form of credentials',
      described({}, { components: { securitySchemes: { key: { type: 'http', scheme: 'basic' } } } }),
      described({}, { components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } } }),
      ['request-security-scheme-changed'],
      ['request-security-scheme-changed'],
    ],
    [
      'another server',
      described({}, { servers: [{ url: 'https://a' }] }),
      described({}, { servers: [{ url: 'https://a' }, { url: 'https://b' }] }),
      [],
      ['server-removed'],
    ],
    [
      'the server that is meant without any, spelled out',
      described({}),
      described({}, { servers: [{ url: '/' }] }),
      [],
      [],
    ],
    [
      'a server where none was named',
      described({}),
      described({}, { servers: [{ url: 'https://a' }] }),
      ['server-removed'],
      ['server-removed'],
    ],
    [
      'a server of an operation',
      described({}, { servers: [{ url: 'https://a' }] }),
      described({ servers: [{ url: 'https://b' }] }, { servers: [{ url: 'https://a' }] }),
      ['server-removed'],
      ['server-removed'],
    ],
    [
      'another default of a part of the address',
      described({}, { servers: [{ url: 'https://{a}', variables: { a: { default: 'b' } } }] }),
      described({}, { servers: [{ url: 'https://{a}', variables: { a: { default: 'c' } } }] }),
      ['server-removed'],
      ['server-removed'],
    ],
    [
      'one value less of a part of the address',
      described({}, { servers: [{ url: '{a}', variables: { a: { default: 'b', enum: ['b', 'c'] } } }] }),
      described({}, { servers: [{ url: '{a}', variables: { a: { default: 'b', enum: ['b'] } } }] }),
      ['server-removed'],
      [],
    ],
    [
      'the style of a query that is meant without any, spelled out',
      described(query()),
      described(query({ style: 'form', explode: true })),
      [],
      [],
    ],
    [
      'the style of a header that is meant without any, spelled out',
      described(query({ in: 'header' })),
      described(query({ in: 'header', style: 'simple', explode: false })),
      [],
      [],
    ],
    [
      'another default of a parameter',
      described(query({ schema: { ...text, default: 'a' } })),
      described(query({ schema: { ...text, default: 'b' } })),
      ['request-default-changed'],
      ['request-default-changed'],
    ],
    [
      'a schema without a use',
      described({}, { components: { schemas: { A: text } } }),
      described({}, { components: { schemas: {} } }),
      ['component-removed'],
      [],
    ],
    [
      'another name of a schema',
      described(body({ $ref: '#/components/schemas/A' }), { components: { schemas: { A: text } } }),
      described(body({ $ref: '#/components/schemas/B' }), { components: { schemas: { B: text } } }),
      ['component-removed'],
      ['component-removed'],
    ],
    [
      'one code of a status less',
      problems(['gone', 'taken'], { '409': ['gone', 'taken'] }),
      problems(['gone', 'taken'], { '409': ['taken'] }),
      ['answer-code-removed'],
      [],
    ],
    [
      'another status of a code',
      problems(['gone'], { '409': ['gone'] }),
      problems(['gone'], { '410': ['gone'] }),
      ['answer-code-removed'],
      ['answer-code-removed'],
    ],
    [
      'another name of a code',
      problems(['gone'], { '409': ['gone'], '410': ['gone'] }),
      problems(['left'], { '409': ['left'], '410': ['left'] }),
      ['answer-code-removed'],
      ['answer-code-removed'],
    ],
    [
      'codes of any name',
      problems(['gone'], { '409': ['gone'] }),
      {
        ...problems(['gone'], { '409': ['gone'] }),
        components: { schemas: { Problem: { type: 'object', properties: { code: text } } } },
      },
      ['answer-code-removed'],
      [],
    ],
    ['a callback', described({}), described({ callbacks: { done: {} } }), ['undecided'], ['undecided']],
    [
      'texts for people',
      described({ summary: 'a' }),
      described({ description: 'b', tags: ['c'], deprecated: true }),
      [],
      [],
    ],
  ] as [string, Part, Part, string[], string[]][])(
    '%s: what it breaks, and what the way back does',
    (_title, before, after, there, back) => {
      expect(rules(before, after).sort()).toEqual(there);
      expect(rules(after, before).sort()).toEqual(back);
      expect([rules(before, before), rules(after, after)]).toEqual([[], []]);
    },
  );

  it('follows references to parameters, bodies, answers, headers and schemas', () => {
    const components = (type: string) => ({
      components: {
        parameters: { Q: { in: 'query', name: 'q', schema: { $ref: '#/components/schemas/T' } } },
        requestBodies: { B: body({ $ref: '#/components/schemas/T' }).requestBody },
        responses: { R: { headers: { H: { $ref: '#/components/headers/H' } } } },
        headers: { H: { schema: { type } } },
        schemas: { T: { type } },
      },
    });
    const operation = {
      parameters: [{ $ref: '#/components/parameters/Q' }],
      requestBody: { $ref: '#/components/requestBodies/B' },
      responses: { '200': { $ref: '#/components/responses/R' } },
    };
    const found = breaksOf(
      described(operation, components('number')),
      described(operation, components('integer')),
    );
    expect(found.map(({ rule, where }) => [rule, where])).toEqual([['request-type-narrowed', 'T']]);
    const back = breaksOf(
      described(operation, components('integer')),
      described(operation, components('number')),
    );
    expect(back.map(({ rule, where }) => [rule, where])).toEqual([
      ['answer-type-widened', 'POST /things/{id} 200 header h'],
    ]);
  });

  it('tells of a code that is gone everywhere once, and of others where they were', () => {
    const found = breaksOf(
      problems(['a', 'b'], { '409': ['a', 'b'], '410': ['a'] }),
      problems(['b', 'c'], { '410': ['b', 'c'], '409': ['c'] }),
    );
    expect(found).toEqual([
      { rule: 'answer-code-removed', where: 'Problem.code', text: 'a' },
      { rule: 'answer-code-removed', where: 'POST /things/{id} 409', text: 'b' },
    ]);
  });

  it('takes the parameters of its path too', () => {
    const path = (required: boolean) => ({
      paths: { '/a': { parameters: query({ required }).parameters, post: { responses: {} } } },
    });
    expect(rules(path(false), path(true))).toEqual(['request-parameter-required']);
    expect(rules(path(true), path(false))).toEqual([]);
  });

  it('says what another name of a path is', () => {
    const [found] = breaksOf(described({}), described({}, {}, '/things/{thing}'));
    expect(found).toEqual({
      rule: 'operation-removed',
      where: 'POST /things/{id}',
      text: 'is /things/{thing} now',
    });
  });

  it('tells of a schema that several operations use once', () => {
    const use = {
      responses: {
        '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/T' } } } },
      },
    };
    const two = (type: unknown): Part => ({
      paths: { '/a': { get: use }, '/b': { get: use } },
      components: { schemas: { T: { type } } },
    });
    expect(breaksOf(two('string'), two(['string', 'null']))).toHaveLength(1);
    expect(Object.keys(part(two('string')['paths']))).toHaveLength(2);
  });
});

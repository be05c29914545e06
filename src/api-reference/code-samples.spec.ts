import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import ts from 'typescript';
import { withCodeSamples } from './code-samples.js';

const responses = {
  '200': { description: '', content: { 'application/json': { schema: { type: 'object' } } } },
};
const id = { name: 'id', in: 'path', required: true, schema: { type: 'string', example: 'a-1' } };

/** The sample of one operation, without its first three lines, which are the same in all of them. */
function sampleOf(operation: object, schemas: object = {}, method = 'post'): string | undefined {
  const document = {
    openapi: '3.1.0',
    info: { title: '', version: '' },
    paths: { '/things/{id}': { [method]: operation } },
    components: { schemas },
  } as unknown as OpenAPIObject;
  return samplesIn(withCodeSamples(document))[0]?.split('\n').slice(3).join('\n');
}

const samplesIn = ({ paths }: OpenAPIObject): string[] =>
  Object.values(paths)
    .flatMap((item) => Object.values(item) as Record<string, { source: string }[] | undefined>[])
    .flatMap((operation) => operation['x-codeSamples'] ?? [])
    .map(({ source }) => source);

describe('the sample of an operation', () => {
  it('passes parameters of the path, required ones of the query and the required fields of the body', () => {
    const body = {
      type: 'object',
      required: ['name', 'size', 'kinds', 'when'],
      properties: {
        name: { type: 'string', example: "a 'name'" },
        size: { type: 'integer', minimum: 3 },
        kinds: { type: 'array', items: { enum: ['x', 'y'] } },
        when: { $ref: '#/components/schemas/When' },
        note: { type: 'string' },
        shown: { type: 'string', examples: ['also, as it states an example'] },
      },
    };
    const parameters = [
      id,
      { name: 'page', in: 'query', schema: { type: 'integer' } },
      { name: 'proof', in: 'query', required: true, schema: { type: 'string' } },
    ];
    const requestBody = { content: { 'application/json': { schema: body } } };
    expect(sampleOf({ parameters, requestBody, responses }, { When: { const: 'now' } })).toBe(
      [
        "const { data } = await velro.POST('/things/{id}', {",
        '  params: {',
        '    path: {',
        "      id: 'a-1',",
        '    },',
        '    query: {',
        "      proof: '…',",
        '    },',
        '  },',
        '  body: {',
        "    name: 'a \\'name\\'',",
        '    size: 3,',
        "    kinds: ['x'],",
        "    when: 'now',",
        "    shown: 'also, as it states an example',",
        '  },',
        '});',
      ].join('\n'),
    );
  });

  it('takes the example of the media type before one that is made', () => {
    const content = { 'application/json': { example: { a: 1 }, schema: { type: 'object' } } };
    expect(sampleOf({ requestBody: { content }, responses })).toContain('  body: {\n    a: 1,\n  },');
  });

  it('takes no answer where none has a body', () => {
    expect(sampleOf({ responses: { '204': { description: '' } } }, {}, 'delete')).toBe(
      "await velro.DELETE('/things/{id}');",
    );
  });

  it('follows an event stream', () => {
    const stream = { '200': { description: '', content: { 'text/event-stream': {} } } };
    expect(sampleOf({ parameters: [id], responses: stream }, {}, 'get')).toBe(
      "for await (const { event, data } of velro.events('a-1')) {\n  console.log(event, data);\n}",
    );
  });

  it('ends for a schema that contains itself', () => {
    const node = {
      type: 'object',
      required: ['next'],
      properties: { next: { $ref: '#/components/schemas/Node' } },
    };
    const content = { 'application/json': { schema: { $ref: '#/components/schemas/Node' } } };
    expect(sampleOf({ requestBody: { content }, responses }, { Node: node })).toContain('next: null');
  });

  it('is not there for the operator, whom the client does not serve', () => {
    expect(sampleOf({ security: [{ operator: [] }], responses })).toBeUndefined();
  });
});

describe('the samples of this API', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8');
  const samples = samplesIn(withCodeSamples(JSON.parse(text) as OpenAPIObject));

  it('are programs', () => {
    expect(samples.length).toBeGreaterThan(50);
    const options = { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
    const faults = samples.flatMap(
      (source) =>
        ts.transpileModule(source, { compilerOptions: options, reportDiagnostics: true }).diagnostics ?? [],
    );
    expect(faults.map(({ messageText }) => messageText)).toEqual([]);
  });
});

import type { OpenAPIObject } from '@nestjs/swagger';
import { exampleOf } from './example.js';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Parameter = Extract<NonNullable<Operation['parameters']>[number], { in: string }>;

const methods = ['get', 'put', 'post', 'patch', 'delete'] as const;
type Method = (typeof methods)[number];

/** A description whose operations carry samples for our own client; operations that it does not call, the operator's and forms, carry none. */
export function withCodeSamples(document: OpenAPIObject): OpenAPIObject {
  const paths = Object.entries(document.paths).map(([path, item]): [string, PathItem] => {
    const sampled = methods.flatMap((method): [Method, Operation][] => {
      const operation = item[method];
      if (operation === undefined || isOperators(operation) || isForm(operation)) return [];
      const source = sampleOf(document, path, method, operation);
      const samples = [{ lang: 'TypeScript', label: '@velro/client', source }];
      return [[method, { ...operation, 'x-codeSamples': samples } as Operation]];
    });
    return [path, { ...item, ...Object.fromEntries(sampled) }];
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

const isOperators = ({ security = [] }: Operation): boolean => security.some((one) => 'operator' in one);

/** A form and nothing else: posted by another service, or a file. */
const isForm = ({ requestBody }: Operation): boolean =>
  requestBody !== undefined && 'content' in requestBody && !('application/json' in requestBody.content);

/** The stream of an answer is that of the AI SDK, which has a client of its own. */
const isAnswer = (path: string): boolean => /\/(?:chat|conversations)\//.test(path);

/** Answered by events alone. */
const isEventStream = ({ responses }: Operation): boolean => {
  const answer = responses['200'];
  return (
    answer !== undefined &&
    'content' in answer &&
    Object.keys(answer.content ?? {})[0] === 'text/event-stream'
  );
};

/** A program in TypeScript that calls the operation with its examples. */
function sampleOf(document: OpenAPIObject, path: string, method: Method, operation: Operation): string {
  const init = initOf(document, operation);
  return [
    "import { createClient } from '@velro/client';",
    '',
    "const velro = createClient({ baseUrl: '' });",
    ...(isEventStream(operation) && !isAnswer(path)
      ? eventsCall(init)
      : [call(path, method, operation, init)]),
  ].join('\n');
}

function call(path: string, method: Method, operation: Operation, init: Init): string {
  const more = Object.keys(init).length === 0 ? '' : `, ${printed(init)}`;
  return `${answers(operation) ? 'const { data } = ' : ''}await velro.${method.toUpperCase()}(${literal(path)}${more});`;
}

/** The client follows a stream, and opens it again where it broke. */
const eventsCall = ({ params = {} }: Init): string[] => [
  `for await (const { event, data } of velro.events(${printed(params['path']?.['id'] ?? '…')})) {`,
  '  console.log(event, data);',
  '}',
];

/** Whether a success has a body. */
const answers = ({ responses }: Operation): boolean =>
  Object.entries(responses).some(
    ([status, answer]) => status.startsWith('2') && answer !== undefined && 'content' in answer,
  );

interface Init {
  readonly params?: Readonly<Record<string, Record<string, unknown>>>;
  readonly body?: unknown;
}

/** Parameters and body as the client takes them; of the query only what is required. */
function initOf(document: OpenAPIObject, operation: Operation): Init {
  const schemas = document.components?.schemas ?? {};
  const parameters = (operation.parameters ?? []).filter((one): one is Parameter => 'in' in one);
  const valuesIn = (place: string): Record<string, unknown> =>
    Object.fromEntries(
      parameters
        .filter((one) => one.in === place && (place === 'path' || one.required === true))
        .map((one) => [one.name, one.example ?? exampleOf(one.schema, schemas)]),
    );
  const params = Object.fromEntries(
    ['path', 'query', 'header']
      .map((place): [string, Record<string, unknown>] => [place, valuesIn(place)])
      .filter(([, values]) => Object.keys(values).length > 0),
  );
  const body = bodyOf(operation, schemas);
  return {
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...(body === undefined ? {} : { body }),
  };
}

function bodyOf({ requestBody }: Operation, schemas: Parameters<typeof exampleOf>[1]): unknown {
  if (requestBody === undefined || !('content' in requestBody)) return undefined;
  const json = requestBody.content['application/json'];
  if (json === undefined) return undefined;
  const named = Object.values(json.examples ?? {})[0];
  const example: unknown = named !== undefined && 'value' in named ? named.value : undefined;
  return json.example ?? example ?? exampleOf(json.schema, schemas);
}

const literal = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** A value as TypeScript: property names without quotes, where they need none. */
function printed(value: unknown, indent = ''): string {
  if (typeof value === 'string') return literal(value).replaceAll('\n', '\\n');
  if (Array.isArray(value)) return `[${value.map((one) => printed(one, indent)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, one]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : literal(name);
    return `${indent}  ${key}: ${printed(one, `${indent}  `)},`;
  });
  return entries.length === 0 ? '{}' : `{\n${entries.join('\n')}\n${indent}}`;
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';
import type { Ajv2020 } from 'ajv/dist/2020.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- The document is data of another standard; its schemas are read by ajv.
type Node = Record<string, any>;

/** What came back for a request, as far as the description speaks of it. */
export interface SeenAnswer {
  readonly method: string;
  /** With or without a query. */
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

// CommonJS packages; loaded with the first answer, and not by specs that ask nothing.
const load = createRequire(import.meta.url);

/**
 * docs/openapi.json as a judge of answers: their status, headers and body. Node loads this file as it stands (shared-answers.ts),
 * so that it imports no other file of ours.
 */
export class DescribedAnswers {
  private static instance: DescribedAnswers | null = null;

  /** One for this instance of the module. */
  static shared(): DescribedAnswers {
    return (DescribedAnswers.instance ??= new DescribedAnswers());
  }

  private readonly document = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../docs/openapi.json'), 'utf8'),
  ) as Node;
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly templates = Object.keys(this.document['paths']).map((path) => ({
    path,
    isMatch: new RegExp(
      `^${path.replaceAll(/[.]/g, '\\.').replaceAll(/\{[a-z_]+\}/g, path.includes('/models/') ? '.+' : '[^/]+')}$`,
    ),
  }));
  private readonly ajv = this.prepare();

  /** What is wrong with an answer by the description; empty when nothing is, or when it is of no described operation. */
  faultsOf({ method, path, status, headers, text }: SeenAnswer): string[] {
    const operation = this.operationOf(method, path);
    if (operation === null) return this.faultsOfProblem(status, headers, text);
    const response = this.resolve(operation['responses'][String(status)]);
    if (response === undefined) return [`the status ${status} is not described`];
    const body = method === 'HEAD' ? bodyOfHead(text) : this.faultsOfBody(response, status, headers, text);
    return [...this.faultsOfHeaders(response, headers), ...body];
  }

  /** What is wrong with an event of a stream. */
  faultsOfEvent(path: string, event: Readonly<Record<string, unknown>>): string[] {
    const response = this.resolve(this.operationOf('GET', path)?.['responses']['200'] as Node | undefined);
    const described = response?.['content']['text/event-stream'] as Node | undefined;
    if (described === undefined) return [`${path} is no described stream`];
    return this.faultsBy(path.replace(/[0-9a-f-]{36}/, ''), described['schema'] as Node, event);
  }

  /** The operation that a request is of, for HEAD the one of GET; null when there is none. */
  operationOf(method: string, path: string): Node | null {
    const bare = withoutDots(path.split('?')[0] ?? '');
    const exact =
      this.templates.find((one) => one.path === bare) ?? this.templates.find((one) => one.isMatch.test(bare));
    const known = exact && (this.document['paths'][exact.path] as Node);
    const described = method === 'HEAD' ? (known?.['head'] ?? known?.['get']) : known?.[method.toLowerCase()];
    return (described as Node | undefined) ?? null;
  }

  private faultsOfHeaders(response: Node, headers: SeenAnswer['headers']): string[] {
    return Object.entries((response['headers'] ?? {}) as Node).flatMap(([name, reference]) => {
      const { required, schema } = this.resolve(reference) ?? {};
      const value = headers[name.toLowerCase()];
      if (value === undefined) return required === true ? [`the header ${name} is missing`] : [];
      const read = schema.type === 'integer' ? Number(value) : value;
      return this.faultsBy(`header ${name}`, schema, read).map((fault) => `the header ${name}: ${fault}`);
    });
  }

  private faultsOfBody(
    response: Node,
    status: number,
    headers: SeenAnswer['headers'],
    text: string,
  ): string[] {
    const type = mediaTypeOf(headers);
    const content = response['content'] as Node | undefined;
    if (content === undefined || Object.keys(content).length === 0)
      return text === '' ? [] : ['a body that is not described'];
    const described = content[type] as Node | undefined;
    if (described === undefined) return [`the content type "${type}" is not described`];
    if (type !== 'application/json' && type !== 'application/problem+json') return [];
    const body = JSON.parse(text) as Node;
    return [
      ...this.faultsBy(JSON.stringify(described['schema']), described['schema'], body),
      ...(type === 'application/problem+json' ? faultsOfCode(status, body, described['examples']) : []),
    ];
  }

  /** An error outside every operation is a problem document as well. */
  private faultsOfProblem(status: number, headers: SeenAnswer['headers'], text: string): string[] {
    if (mediaTypeOf(headers) !== 'application/problem+json' || text === '') return [];
    const schema = { $ref: '#/components/schemas/Problem' };
    const body = JSON.parse(text) as Node;
    return [...this.faultsBy(JSON.stringify(schema), schema, body), ...faultsOfStatus(status, body)];
  }

  private faultsBy(key: string, schema: Node, value: unknown): string[] {
    let validate = this.validators.get(key);
    if (validate === undefined) {
      validate = this.ajv.compile(toJsonSchema(schema));
      this.validators.set(key, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${instancePath || 'the body'} ${message ?? ''} ${JSON.stringify(params)}`,
    );
  }

  private resolve(node: Node | undefined): Node | undefined {
    const reference = node?.['$ref'] as string | undefined;
    if (reference === undefined) return node;
    return reference
      .slice(2)
      .split('/')
      .reduce<Node>((at, part) => at[part] as Node, this.document);
  }

  private prepare(): Ajv2020 {
    const { Ajv2020: Ajv } = load('ajv/dist/2020.js') as { Ajv2020: typeof Ajv2020 };
    const addFormats = load('ajv-formats') as { default: (ajv: Ajv2020) => void };
    const ajv = new Ajv({ strict: false, allErrors: false, validateFormats: true });
    addFormats.default(ajv);
    for (const name of ['int32', 'int64', 'binary']) ajv.addFormat(name, true);
    ajv.addSchema({ $id: 'openapi', components: { schemas: closed(this.document['components'].schemas) } });
    return ajv;
  }
}

const mediaTypeOf = (headers: SeenAnswer['headers']): string =>
  String(headers['content-type'] ?? '')
    .replace(/;.*$/, '')
    .trim();

/** Dot segments are gone before the service chooses a route. */
const withoutDots = (path: string): string =>
  /\/(\.|%2e){1,2}(\/|$)/i.test(path) ? new URL(`http://localhost${path}`).pathname : path;

const bodyOfHead = (text: string): string[] => (text === '' ? [] : ['HEAD is answered with a body']);

const faultsOfStatus = (status: number, body: Node): string[] =>
  body['status'] === status ? [] : [`the problem names the status ${String(body['status'])}, not ${status}`];

/** The codes that an operation can answer with a status are the names of its examples. */
const faultsOfCode = (status: number, body: Node, examples: Node | undefined): string[] => [
  ...faultsOfStatus(status, body),
  ...(Object.keys(examples ?? {}).includes(String(body['code']))
    ? []
    : [`the code ${String(body['code'])} is not described for ${status}`]),
];

/** References of a part of the document lead to the schemas that are added under the name `openapi`. */
const toJsonSchema = (schema: Node): Node =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi#/components/')) as Node;

/** Clients must bear fields that are new; a test must not: what an answer has and its schema has not is a fault. */
function closed(schemas: Record<string, Node>): Record<string, Node> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      name,
      schema['properties'] === undefined ? schema : { additionalProperties: false, ...schema },
    ]),
  );
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';
import type { Ajv2020 } from 'ajv/dist/2020.js';
import { projectRoot } from '../process/project-root.js';

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

/** docs/openapi.json as a judge of answers: their status, headers and body. */
export class DescribedAnswers {
  private readonly document = JSON.parse(
    readFileSync(join(projectRoot, 'docs/openapi.json'), 'utf8'),
  ) as Node;
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly templates = Object.keys(this.document['paths']).map((path) => ({
    path,
    isMatch: new RegExp(
      `^${path.replaceAll(/[.]/g, '\\.').replaceAll(/\{id\}/g, path.includes('/models/') ? '.+' : '[^/]+')}$`,
    ),
  }));
  private readonly ajv = this.prepare();

  /** What is wrong with an answer by the description; empty when nothing is, or when it is of no described operation. */
  faultsOf({ method, path, status, headers, text }: SeenAnswer): string[] {
    const operation = this.operationOf(method, path);
    if (operation === null) return this.faultsOfProblem(headers, text);
    const response = this.resolve(operation['responses'][String(status)]);
    if (response === undefined) return [`the status ${status} is not described`];
    return [...this.faultsOfHeaders(response, headers), ...this.faultsOfBody(response, headers, text)];
  }

  /** What is wrong with an event of a stream. */
  faultsOfEvent(path: string, event: Readonly<Record<string, unknown>>): string[] {
    const response = this.resolve(this.operationOf('GET', path)?.['responses']['200'] as Node | undefined);
    const described = response?.['content']['text/event-stream'] as Node | undefined;
    if (described === undefined) return [`${path} is no described stream`];
    return this.faultsBy(path.replace(/[0-9a-f-]{36}/, ''), described['schema'] as Node, event);
  }

  /** The operation that a request is of, and the path of it; null when there is none. */
  operationOf(method: string, path: string): Node | null {
    const bare = path.split('?')[0] ?? '';
    const exact =
      this.templates.find((one) => one.path === bare) ?? this.templates.find((one) => one.isMatch.test(bare));
    return (exact && (this.document['paths'][exact.path][method.toLowerCase()] as Node | undefined)) ?? null;
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

  private faultsOfBody(response: Node, headers: SeenAnswer['headers'], text: string): string[] {
    const type =
      String(headers['content-type'] ?? '')
        .split(';')[0]
        ?.trim() ?? '';
    const content = response['content'] as Node | undefined;
    if (content === undefined || Object.keys(content).length === 0)
      return text === '' ? [] : ['a body that is not described'];
    const described = content[type] as Node | undefined;
    if (described === undefined) return [`the content type "${type}" is not described`];
    if (type !== 'application/json' && type !== 'application/problem+json') return [];
    return this.faultsBy(JSON.stringify(described['schema']), described['schema'], JSON.parse(text));
  }

  /** An error outside every operation is a problem document as well. */
  private faultsOfProblem(headers: SeenAnswer['headers'], text: string): string[] {
    if (!String(headers['content-type'] ?? '').startsWith('application/problem+json') || text === '')
      return [];
    const schema = { $ref: '#/components/schemas/Problem' };
    return this.faultsBy(JSON.stringify(schema), schema, JSON.parse(text));
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

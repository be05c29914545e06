import type { OpenAPIObject } from '@nestjs/swagger';
import type { OperationObject, ResponseObject } from './open-api.js';
import { STATUS_CODES } from 'node:http';
import { catalogue, type ProblemCode } from '../errors/catalogue.js';
import { isOpenAiUrl } from '../errors/openai-error.js';
import type { Guard } from '../guards/guard-chain.js';
import type { Route } from '../guards/route/route-table.js';
import { pathsLimitedByAddress } from '../perimeter/limits/address-limits.js';
import { accessText, securityOf, securitySchemes } from './access.js';
import { commonHeaders, headerComponents, headers, limitHeaders } from './headers.js';
import { problemsOf, type OperationShape } from './operation-problems.js';
import { problemResponse, problemResponseName, type ProblemAnswer } from './problem-responses.js';
import { problemExamples, problemSchemas } from './problem-schema.js';
import { addRequestExample } from './request-examples.js';
import { addForm, completeRequests, hasForm } from './requests.js';
import { tags } from './tags.js';

/** Components that operations refer to. */
interface Shared {
  readonly responses: Record<string, ResponseObject>;
  readonly used: Set<ProblemCode>;
}

const methods = ['get', 'head', 'put', 'post', 'delete', 'patch'] as const;

/**
 * Adds to what the decorators say what guards, limits and the catalogue decide: security, statuses of errors, headers, examples.
 * Changes `document` in place.
 */
export function completeDescription(
  document: OpenAPIObject,
  routes: readonly Route[],
  guards: readonly Guard[],
): void {
  const components = (document.components ??= {});
  const schemas = (components.schemas ??= {});
  const responses: Record<string, ResponseObject> = {};
  const used = new Set<ProblemCode>();
  const operations: OperationObject[] = [];
  const byPath = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  for (const [path, item] of Object.entries(document.paths))
    for (const method of methods) {
      const operation = item[method];
      if (operation === undefined) continue;
      const route = byPath.get(`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`);
      if (route === undefined) throw new Error(`the description has ${method} ${path}, which no route is`);
      operations.push(operation);
      completeOperation(operation, shapeOf(path, operation, route), guards, { responses, used });
      addForm(operation);
      addRequestExample(operation, schemas);
    }
  document.tags = [...tags];
  completeRequests(operations, schemas);
  Object.assign(components, {
    securitySchemes,
    headers: headerComponents,
    responses: Object.fromEntries(Object.entries(responses).sort(([one], [other]) => (one < other ? -1 : 1))),
    examples: problemExamples(used),
    schemas: { ...problemSchemas, ...schemas },
  });
}

function shapeOf(path: string, operation: OperationObject, route: Route): OperationShape {
  return {
    route,
    isOpenAi: isOpenAiUrl(path),
    hasBody: operation.requestBody !== undefined,
    hasForm: hasForm(operation),
    limitedByAddress: pathsLimitedByAddress.includes(path),
  };
}

function completeOperation(
  operation: OperationObject,
  shape: OperationShape,
  guards: readonly Guard[],
  { responses, used }: Shared,
): void {
  const { route, isOpenAi, limitedByAddress } = shape;
  operation.security = securityOf(route).map((one) =>
    Object.fromEntries(Object.entries(one).map(([name, of]) => [name, [...of]])),
  );
  operation.description = [operation.description ?? '', accessText(route)].filter(Boolean).join('\n\n');
  const isLimited = route.limit !== null || limitedByAddress;
  for (const [status, response] of Object.entries(operation.responses)) {
    completeSuccess(status, response as ResponseObject, isLimited);
    for (const code of statedCodes(response as ResponseObject)) used.add(code);
  }
  for (const [status, codes] of problemsOf(shape, guards)) {
    if (!isOpenAi) for (const code of codes) used.add(code);
    addProblems(operation, { status, codes, isLimited, isOpenAi }, responses);
  }
}

/** Codes of an answer that a decorator states: of a route that may be absent no handler can be traced. */
const statedCodes = ({ content }: ResponseObject): ProblemCode[] =>
  Object.keys(content?.['application/problem+json']?.examples ?? {}).filter(
    (code) => code in catalogue,
  ) as ProblemCode[];

function completeSuccess(status: string, response: ResponseObject, isLimited: boolean): void {
  if (response.description === '') response.description = STATUS_CODES[status] ?? status;
  response.headers = {
    ...headers(...commonHeaders, ...(isLimited ? limitHeaders : [])),
    ...response.headers,
  };
}

/** The answer of one status: a component, or one of its own where a decorator says of the same status what else it may be. */
function addProblems(
  operation: OperationObject,
  answer: ProblemAnswer,
  responses: Record<string, ResponseObject>,
): void {
  const status = String(answer.status);
  const own = operation.responses[status] as ResponseObject | undefined;
  const shared = problemResponse(answer);
  if (own === undefined) {
    const name = problemResponseName(answer);
    responses[name] = shared;
    operation.responses[status] = { $ref: `#/components/responses/${name}` };
    return;
  }
  operation.responses[status] = {
    description: `${own.description}\n\n${shared.description}`,
    headers: { ...shared.headers, ...own.headers },
    content: { ...own.content, ...shared.content },
  };
}

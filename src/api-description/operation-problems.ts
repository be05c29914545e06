import { catalogue, type ProblemCode } from '../errors/catalogue.js';
import { openAiStatus } from '../errors/openai-error.js';
import type { Guard } from '../guards/guard-chain.js';
import type { Route } from '../guards/route/route-table.js';
import { perimeterProblems } from './perimeter-problems.js';
import { tracedProblems } from './traced-problems.js';

/** What decides which errors an operation can answer. */
export interface OperationShape {
  readonly route: Route;
  readonly hasBody: boolean;
  readonly hasForm: boolean;
  /** Whether its errors have the shape of OpenAI. */
  readonly isOpenAi: boolean;
  /** Whether a rule counts by address before the route is chosen. */
  readonly limitedByAddress: boolean;
}

/** Codes by HTTP status, both sorted: of the perimeter, of the guards that concern the route, and of its handler. */
export function problemsOf(shape: OperationShape, guards: readonly Guard[]): Map<number, ProblemCode[]> {
  const { route, hasBody, hasForm, isOpenAi, limitedByAddress } = shape;
  const handled = tracedProblems.handlers as Readonly<Record<string, readonly ProblemCode[] | undefined>>;
  const guarded = tracedProblems.guards as Readonly<Record<string, readonly ProblemCode[] | undefined>>;
  const own = handled[route.handler];
  if (own === undefined) throw new Error(`no traced errors of ${route.handler}: npm run openapi`);
  const codes = new Set<ProblemCode>([
    ...perimeterProblems.any,
    // A body is parsed whether the route reads it or not, except with GET and HEAD.
    ...(hasBody || !['GET', 'HEAD'].includes(route.method) ? perimeterProblems.body : []),
    ...(hasForm ? perimeterProblems.form : []),
    ...(limitedByAddress ? perimeterProblems.limitedByAddress : []),
    ...guards
      .filter((guard) => guard.concerns(route))
      .flatMap((guard) => guarded[guard.constructor.name] ?? []),
    ...own,
  ]);
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of [...codes].sort()) {
    const status = isOpenAi ? openAiStatus(code) : catalogue[code].status;
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return new Map([...byStatus].sort(([one], [other]) => one - other));
}

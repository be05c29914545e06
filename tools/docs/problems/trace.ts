// Which codes of the catalogue each route, guard and hook of the perimeter can answer, from the calls in the source.
import ts from 'typescript';
import { CallGraph, type Body } from './call-graph.ts';

/** Codes of the catalogue, sorted. */
export type Codes = readonly string[];

export interface TracedProblems {
  /** By `Controller.method`. */
  readonly handlers: Readonly<Record<string, Codes>>;
  /** By the name of the class. */
  readonly guards: Readonly<Record<string, Codes>>;
  /** Hooks and parsers that run before a route is chosen, and those that run for any. */
  readonly perimeter: Codes;
}

/** Passes on the codes of others: they are found where they are thrown. */
const translator = 'src/errors/to-problem.ts';

/** Errors of a port that it turns into a code of the catalogue. */
const translated: Readonly<Record<string, string>> = { StorageUnavailable: 'unavailable' };

/** Any use of the database can end so: its pool is full, or it is away. */
const ofDatabase: Codes = ['busy', 'unavailable'];

/** Of input that is read as a class of fields. */
const validationCode = 'validation_failed';

const httpMethods = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete', 'Head', 'Options', 'All']);

export function traceProblems(root: string): TracedProblems {
  const graph = new CallGraph(root, [translator]);
  const handlers: Record<string, Codes> = {};
  const guards: Record<string, Codes> = {};
  for (const declaration of graph.classes()) {
    const name = declaration.name?.text ?? '';
    if (isDecorated(declaration, (one) => one === 'Controller'))
      for (const method of declaration.members)
        if (ts.isMethodDeclaration(method) && isDecorated(method, (one) => httpMethods.has(one)))
          handlers[`${name}.${method.name.getText()}`] = codesOfHandler(graph, method);
    const check = declaration.members.find((member) => member.name?.getText() === 'canActivate');
    if (check !== undefined && ts.isMethodDeclaration(check)) guards[name] = codesOf(graph, [check]);
  }
  return {
    handlers: sorted(handlers),
    guards: sorted(guards),
    perimeter: codesOfPerimeter(graph),
  };
}

/** `TracedProblems.perimeter` alone, for a fraction of the time: most of it is spent on the handlers. */
export const tracePerimeter = (root: string): Codes => codesOfPerimeter(new CallGraph(root, [translator]));

const codesOfPerimeter = (graph: CallGraph): Codes => codesOf(graph, graph.functionsUnder('perimeter/'));

function codesOfHandler(graph: CallGraph, method: ts.MethodDeclaration): Codes {
  const thrown = codesOf(graph, [method, ...parameterFactories(graph, method)]);
  const isValidated = method.parameters.some(
    (parameter) =>
      isDecorated(parameter, (one) => one === 'Body' || one === 'Query') &&
      graph.isClassOf(parameter.type, '.dto.ts'),
  );
  return isValidated ? [...new Set([...thrown, validationCode])].sort() : thrown;
}

const sorted = (codes: Readonly<Record<string, Codes>>): Record<string, Codes> =>
  Object.fromEntries(Object.entries(codes).sort(([one], [other]) => (one < other ? -1 : 1)));

const decoratorNames = (node: ts.HasDecorators): string[] =>
  (ts.getDecorators(node) ?? []).map(({ expression }) =>
    (ts.isCallExpression(expression) ? expression.expression : expression).getText(),
  );

const isDecorated = (node: ts.HasDecorators, test: (name: string) => boolean): boolean =>
  decoratorNames(node).some(test);

/** What reads a parameter of a handler, as `IdParam` does, runs before it. */
function parameterFactories(graph: CallGraph, method: ts.MethodDeclaration): Body[] {
  const names = new Set(method.parameters.flatMap(decoratorNames));
  return graph
    .functionsUnder('')
    .filter((body) => ts.isVariableDeclaration(body) && names.has(body.name.getText()));
}

function codesOf(graph: CallGraph, start: readonly Body[]): Codes {
  const codes = new Set<string>();
  for (const body of graph.reach(start)) for (const code of thrownIn(graph, body)) codes.add(code);
  return [...codes].sort();
}

/** What a body throws itself, which many handlers reach. */
const known = new WeakMap<Body, readonly string[]>();

function thrownIn(graph: CallGraph, body: Body): readonly string[] {
  const found = known.get(body);
  if (found !== undefined) return found;
  const codes: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isMethodDeclaration(node) && node !== body && ts.isClassLike(body)) return;
    if (ts.isPropertyAccessExpression(node) && graph.ownerOf(node.name) === 'Database')
      codes.push(...ofDatabase);
    if (ts.isNewExpression(node)) codes.push(...codesOfNew(graph, node));
    ts.forEachChild(node, visit);
  };
  visit(body);
  known.set(body, codes);
  return codes;
}

function codesOfNew(graph: CallGraph, { expression, arguments: given }: ts.NewExpression): string[] {
  const name = expression.getText();
  const code = translated[name];
  if (code !== undefined) return [code];
  if (name !== 'Problem') return [];
  const first = given?.[0];
  const codes = first === undefined ? null : graph.literalsOf(first);
  if (codes === null) {
    const file = expression.getSourceFile();
    const { line } = file.getLineAndCharacterOfPosition(expression.getStart());
    throw new Error(`${file.fileName}:${line + 1}: the code of this Problem is not known`);
  }
  return codes;
}

// Unused declarations: environment variables, fields of the configuration, counters, security events, rate limits.
import ts from 'typescript';
import type { Fault } from './gate.ts';
import { Source } from './source.ts';

/** The file that declares each kind. */
const declared = {
  variables: 'config/environment/environment.ts',
  defaults: 'config/environment/environment.defaults.ts',
  config: 'config/config.ts',
  builder: 'config/build-config.ts',
  waiting: 'config/not-yet-in-effect.ts',
  counters: 'config/policy/operations/metrics.ts',
  events: 'src/observability/security-events.ts',
  limits: 'config/policy/perimeter/rate-limits.ts',
  /** Names the key of every limit, also of unused ones; its references do not count as use. */
  limitKeys: 'src/guards/limit-keys.ts',
  /** Shows settings to the operator; what it shows has no effect by that. */
  display: 'src/features/ai-switch/ai-switch.controller.ts',
};

/** References that use the present key of a pair alone. */
const currentAlone = /^(\s*\.\s*current\b|\s*:\s*\{\s*current\s*\})/;

/** Declarations that are listed as not yet used. */
export interface Waiting {
  /** Fields of the configuration by the environment variable that sets them. */
  readonly variables: Readonly<Record<string, readonly string[]>>;
  readonly counters: readonly string[];
  readonly events: readonly string[];
}

/** Unused declarations that are not on the waiting list, and entries of the list that are in use. */
export function unreadFaults(root: string, waiting: Waiting): Fault[] {
  const source = new Source(root);
  return [
    ...fieldFaults(source, waiting),
    ...variableFaults(source),
    ...nameFaults(source, 'metric', { path: declared.counters, constant: 'counters' }, waiting.counters),
    ...nameFaults(
      source,
      'security event',
      { path: declared.events, constant: 'securityEventNames' },
      waiting.events,
    ),
  ];
}

const unused = (rule: string, where: string, text: string): Fault => ({ rule, where, text });

/** Unread fields of the configuration, unused limits included, must be on the waiting list, and no others may be. */
function fieldFaults(source: Source, waiting: Waiting): Fault[] {
  const read = new Map<string, boolean>();
  const notReading = [declared.builder, declared.waiting, declared.display];
  const note = (path: string, isRead: boolean): void => {
    read.set(path, isRead || read.get(path) === true);
  };
  for (const { path, name, isPair } of fieldsOf(source.file(declared.config))) {
    const uses = source.usesOf(name).filter(({ file }) => !notReading.includes(file));
    note(path, uses.length > 0);
    if (isPair)
      note(
        `${path}.previous`,
        uses.some(({ rest }) => !currentAlone.test(rest)),
      );
  }
  const limits = limitsAsked(source);
  for (const name of namesIn(source, { path: declared.limits, constant: 'rateLimits' }))
    read.set(`rateLimits.${name}`, limits.has(name));
  const waits = [...new Set(Object.values(waiting.variables).flat())];
  return [
    ...[...read]
      .filter(([path, isRead]) => !isRead && !waits.includes(path))
      .map(([path]) => unused('unread-field', path, 'is a field of the configuration that nothing reads')),
    ...waits
      .filter((path) => read.get(path) !== false)
      .map((path) =>
        unused('needless-wait', path, 'is read, or is no field, and stands on the waiting list'),
      ),
  ];
}

interface Field {
  readonly path: string;
  readonly name: ts.Node;
  /** A key and the one before its rotation. */
  readonly isPair: boolean;
}

/** The leaf properties of the interface `Config`, through unions and nested type literals. */
function fieldsOf(file: ts.SourceFile): Field[] {
  const found: Field[] = [];
  const visit = (node: ts.Node, path: readonly string[]): void => {
    if (ts.isPropertySignature(node) && node.type !== undefined) {
      const own = [...path, node.name.getText()];
      if (!hasMembers(node.type))
        found.push({ path: own.join('.'), name: node.name, isPair: node.type.getText() === 'RotatingKey' });
      visit(node.type, own);
      return;
    }
    if (ts.isTypeNode(node) || path.length === 0)
      node.forEachChild((child) => {
        visit(child, path);
      });
  };
  for (const statement of file.statements)
    if (ts.isInterfaceDeclaration(statement) && statement.name.text === 'Config')
      for (const member of statement.members) visit(member, []);
  return found;
}

function hasMembers(type: ts.TypeNode): boolean {
  if (ts.isTypeLiteralNode(type)) return true;
  return ts.isUnionTypeNode(type) && type.types.some(hasMembers);
}

/** A variable counts as read when a file other than its declaration, its default and the waiting list contains its name. */
function variableFaults(source: Source): Fault[] {
  const notReading = [declared.variables, declared.defaults, declared.waiting];
  const text = source
    .files()
    .filter(({ fileName }) => !notReading.some((path) => fileName.endsWith(`/${path}`)))
    .map((file) => file.text)
    .join('\n');
  const names = source
    .file(declared.variables)
    .statements.filter((statement) => ts.isClassDeclaration(statement))
    .flatMap(({ members }) => members.map((member) => member.name?.getText() ?? ''));
  // Code reads `<name>_PREVIOUS`, the key before a rotation, by `<name>`.
  const suffix = '_PREVIOUS';
  const isNamed = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(text);
  return names
    .filter((name) => !isNamed(name.endsWith(suffix) ? name.slice(0, -suffix.length) : name))
    .map((name) => unused('unread-variable', name, 'is a variable that nothing reads'));
}

interface Constant {
  readonly path: string;
  readonly constant: string;
}

/** Each name of a constant must be produced by some code or be on the waiting list. */
function nameFaults(source: Source, kind: string, constant: Constant, waiting: readonly string[]): Fault[] {
  const names = namesIn(source, constant);
  const isProduced = (name: string): boolean => isSaid(source, name, constant.path);
  return [
    ...names
      .filter((name) => !waiting.includes(name) && !isProduced(name))
      .map((name) => unused('unproduced', name, `is a ${kind} that nothing produces`)),
    ...waiting
      .filter((name) => !names.includes(name) || isProduced(name))
      .map((name) =>
        unused('needless-wait', name, `is produced, or is no ${kind}, and stands on the waiting list`),
      ),
  ];
}

/** Whether a file other than the declaration contains the name as a string literal outside comparisons. */
function isSaid(source: Source, name: string, declaration: string): boolean {
  return source
    .files()
    .filter(({ fileName }) => ![declaration, declared.waiting].some((path) => fileName.endsWith(`/${path}`)))
    .some((file) => source.literals(file).some(({ text }) => text === name));
}

/** Limits in use: a literal counts only where its contextual type is the name of a limit, because names such as `chat` are common. */
function limitsAsked(source: Source): ReadonlySet<string> {
  const constant = { path: declared.limits, constant: 'rateLimits' };
  const names = namesIn(source, constant);
  const asked = new Set<string>();
  for (const file of source.files()) {
    if (!file.fileName.includes('/src/') || file.fileName.endsWith(`/${declared.limitKeys}`)) continue;
    // The type of a place is dear to find, and most texts are none of these names.
    for (const literal of source.literals(file).filter(({ text }) => names.includes(text)))
      if (isNameOfLimit(source.checker.getContextualType(literal), names)) asked.add(literal.text);
  }
  for (const { name } of propertiesOf(source, constant))
    if (source.usersOf(name).some((file) => file.startsWith('src/') && file !== declared.limitKeys))
      asked.add(name.getText());
  return asked;
}

function isNameOfLimit(type: ts.Type | undefined, names: readonly string[]): boolean {
  const parts = type?.isUnion() === true ? type.types : [];
  const texts = parts.flatMap((part) => (part.isStringLiteral() ? [part.value] : []));
  return names.every((name) => texts.includes(name));
}

/** The string elements of an array constant, or the keys of an object constant. */
function namesIn(source: Source, constant: Constant): string[] {
  const value = valueOf(source, constant);
  if (ts.isArrayLiteralExpression(value))
    return value.elements.flatMap((element) => (ts.isStringLiteral(element) ? [element.text] : []));
  return propertiesOf(source, constant).map(({ name }) => name.getText());
}

function propertiesOf(source: Source, constant: Constant): ts.PropertyAssignment[] {
  const value = valueOf(source, constant);
  if (!ts.isObjectLiteralExpression(value)) throw new Error(`${constant.constant} is not an object literal`);
  return value.properties.filter((property) => ts.isPropertyAssignment(property));
}

function valueOf(source: Source, { path, constant }: Constant): ts.Expression {
  for (const statement of source.file(path).statements)
    if (ts.isVariableStatement(statement))
      for (const { name, initializer } of statement.declarationList.declarations)
        if (name.getText() === constant && initializer !== undefined) return bare(initializer);
  throw new Error(`${path} declares no ${constant}`);
}

/** The expression without `as const` and `satisfies`. */
function bare(expression: ts.Expression): ts.Expression {
  const isWrapped = ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression);
  return isWrapped ? bare(expression.expression) : expression;
}

// Static calls within the source: which functions the body of one reaches, through classes, ports and their adapters.
import { join } from 'node:path';
import ts from 'typescript';

/** A declaration whose body runs when it is reached. */
export type Body = ts.FunctionLikeDeclaration | ts.ClassLikeDeclaration | ts.VariableDeclaration;

/** The files under `src`, with types. */
export class CallGraph {
  private readonly checker: ts.TypeChecker;
  private readonly files: ReadonlySet<ts.SourceFile>;
  private readonly passedOver: readonly string[];
  /** Members of classes by the abstract class or interface that they implement. */
  private readonly implementers = new Map<ts.Symbol, ts.ClassDeclaration[]>();
  private readonly direct = new Map<ts.Node, readonly Body[]>();

  /** `passedOver`: files of `src` whose functions are not followed. */
  constructor(root: string, passedOver: readonly string[]) {
    this.passedOver = passedOver;
    const config = ts.getParsedCommandLineOfConfigFile(
      join(root, 'tsconfig.json'),
      { noEmit: true },
      {
        ...ts.sys,
        onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
          throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
        },
      },
    );
    const source = join(root, 'src/');
    const names = (config?.fileNames ?? []).filter(
      (name) => name.startsWith(source) && !name.endsWith('.spec.ts'),
    );
    const program = ts.createProgram(names, config?.options ?? {});
    this.checker = program.getTypeChecker();
    this.files = new Set(program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(source)));
    for (const declaration of this.classes()) this.noteHeritage(declaration);
  }

  classes(): ts.ClassDeclaration[] {
    return [...this.files].flatMap((file) => file.statements.filter((node) => ts.isClassDeclaration(node)));
  }

  /** The functions and classes that the files under `folder` (of `src`) declare at their top. */
  functionsUnder(folder: string): Body[] {
    return [...this.files]
      .filter(({ fileName }) => fileName.includes(`/src/${folder}`))
      .flatMap((file) =>
        file.statements.flatMap((node): Body[] => {
          if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) return [node];
          return ts.isVariableStatement(node) ? [...node.declarationList.declarations] : [];
        }),
      );
  }

  /** All that `start` reaches, itself included. */
  reach(start: readonly Body[]): Set<Body> {
    const reached = new Set<Body>(start);
    for (const body of reached) for (const next of this.callsOf(body)) reached.add(next);
    return reached;
  }

  /** The name of the class that declares what `node` names; null for anything else. */
  ownerOf(node: ts.Node): string | null {
    const owner = this.resolve(node)?.declarations?.[0]?.parent;
    return owner !== undefined && ts.isClassDeclaration(owner) ? (owner.name?.text ?? null) : null;
  }

  /** Whether a type is a class that a file whose name has this ending declares. */
  isClassOf(type: ts.TypeNode | undefined, ending: string): boolean {
    if (type === undefined || !ts.isTypeReferenceNode(type)) return false;
    return (this.resolve(type.typeName)?.declarations ?? []).some(
      (node) => ts.isClassDeclaration(node) && node.getSourceFile().fileName.endsWith(ending),
    );
  }

  /** The string literals that an expression may be; null when its type is wider. */
  literalsOf(expression: ts.Expression): string[] | null {
    const type = this.checker.getTypeAtLocation(expression);
    const parts = type.isUnion() ? type.types : [type];
    const texts = parts.map((part) => (part.isStringLiteral() ? part.value : null));
    return texts.some((text) => text === null) ? null : texts.filter((text) => text !== null);
  }

  private noteHeritage(declaration: ts.ClassDeclaration): void {
    for (const clause of declaration.heritageClauses ?? [])
      for (const { expression } of clause.types) {
        const symbol = this.resolve(expression);
        if (symbol === undefined) continue;
        this.implementers.set(symbol, [...(this.implementers.get(symbol) ?? []), declaration]);
      }
  }

  private callsOf(body: Body): readonly Body[] {
    const known = this.direct.get(body);
    if (known !== undefined) return known;
    const found = new Set<Body>();
    for (const part of partsThatRun(body)) this.collect(part, found);
    const calls = [...found];
    this.direct.set(body, calls);
    return calls;
  }

  private collect(node: ts.Node, found: Set<Body>): void {
    if (ts.isTypeNode(node) || ts.isDecorator(node)) return;
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node))
      for (const body of this.bodiesOf(this.resolve(node))) found.add(body);
    ts.forEachChild(node, (child) => {
      this.collect(child, found);
    });
  }

  private resolve(node: ts.Node): ts.Symbol | undefined {
    const shorthand = ts.isShorthandPropertyAssignment(node.parent)
      ? this.checker.getShorthandAssignmentValueSymbol(node.parent)
      : undefined;
    const symbol = shorthand ?? this.checker.getSymbolAtLocation(node);
    return symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0
      ? this.checker.getAliasedSymbol(symbol)
      : symbol;
  }

  private isFollowed(file: ts.SourceFile): boolean {
    return this.files.has(file) && !this.passedOver.some((end) => file.fileName.endsWith(end));
  }

  private bodiesOf(symbol: ts.Symbol | undefined): Body[] {
    return (symbol?.declarations ?? [])
      .filter((node) => this.isFollowed(node.getSourceFile()))
      .flatMap((node) => this.bodiesAt(node));
  }

  private bodiesAt(node: ts.Declaration): Body[] {
    if (ts.isMethodSignature(node)) return this.implementationsOf(node);
    if (ts.isMethodDeclaration(node)) return [...(node.body ? [node] : []), ...this.implementationsOf(node)];
    if (ts.isFunctionDeclaration(node) || ts.isAccessor(node) || ts.isClassDeclaration(node)) return [node];
    // A constant of a file: what it is made of runs when it is used.
    if (ts.isVariableDeclaration(node) && ts.isSourceFile(node.parent.parent.parent)) return [node];
    return [];
  }

  /** The same member in classes that extend or implement the one that declares it. */
  private implementationsOf(member: ts.MethodDeclaration | ts.MethodSignature): Body[] {
    const owner = this.checker.getSymbolAtLocation(member.name) as
      (ts.Symbol & { parent?: ts.Symbol }) | undefined;
    const name = member.name.getText();
    const below = (symbol: ts.Symbol | undefined): ts.ClassDeclaration[] =>
      symbol === undefined
        ? []
        : (this.implementers.get(symbol) ?? []).flatMap((one) => [
            one,
            ...below(one.name && this.checker.getSymbolAtLocation(one.name)),
          ]);
    return below(owner?.parent).flatMap((one) =>
      one.members.filter(
        (each): each is ts.MethodDeclaration =>
          ts.isMethodDeclaration(each) && each.body !== undefined && each.name.getText() === name,
      ),
    );
  }
}

/** Of a class what `new` runs; methods run when they are called. */
function partsThatRun(body: Body): ts.Node[] {
  if (!ts.isClassLike(body)) return [body];
  return [
    ...(body.heritageClauses ?? []),
    ...body.members.filter(
      (member) => ts.isConstructorDeclaration(member) || ts.isPropertyDeclaration(member),
    ),
  ];
}

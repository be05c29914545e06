// The TypeScript program of a project: types and references.
import { join, relative } from 'node:path';
import ts from 'typescript';

/** The files of config/ and src/ without specs, with their types and references. Throws when tsconfig.json yields no program. */
export class Source {
  private readonly service: ts.LanguageService;
  private readonly program: ts.Program;
  readonly checker: ts.TypeChecker;
  readonly root: string;
  /** Asked for again for every name that is looked for. */
  private readonly literalsOf = new Map<ts.SourceFile, ts.StringLiteral[]>();

  constructor(root: string) {
    this.root = root;
    const read = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path));
    const settings: unknown = read.config;
    const { options, fileNames } = ts.parseJsonConfigFileContent(settings, ts.sys, root);
    const files = fileNames.filter((file) => this.isDeployed(file));
    this.service = ts.createLanguageService({
      getCompilationSettings: () => options,
      getScriptFileNames: () => files,
      getScriptVersion: () => '1',
      getScriptSnapshot: (file) => {
        const text = ts.sys.readFile(file);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      getCurrentDirectory: () => root,
      getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
      fileExists: (path) => ts.sys.fileExists(path),
      readFile: (path) => ts.sys.readFile(path),
      directoryExists: (path) => ts.sys.directoryExists(path),
      getDirectories: (path) => ts.sys.getDirectories(path),
      realpath: (path) => ts.sys.realpath?.(path) ?? path,
    });
    const program = this.service.getProgram();
    if (program === undefined) throw new Error('the compiler made no program');
    this.program = program;
    this.checker = program.getTypeChecker();
  }

  private isDeployed(file: string): boolean {
    return /^(config|src)\//.test(relative(this.root, file)) && !file.endsWith('.spec.ts');
  }

  /** A file by its path relative to the project. Throws when it does not exist. */
  file(path: string): ts.SourceFile {
    const file = this.program.getSourceFile(join(this.root, path));
    if (file === undefined) throw new Error(`${path} does not exist`);
    return file;
  }

  files(): ts.SourceFile[] {
    return this.program.getSourceFiles().filter(({ fileName }) => this.isDeployed(fileName));
  }

  /** Relative paths of the files that reference the declaration of this name, without its own file. */
  usersOf(name: ts.Node): string[] {
    return this.usesOf(name).map(({ file }) => file);
  }

  /** Each reference to the declaration of this name outside its own file, with the text that follows it there. */
  usesOf(name: ts.Node): { readonly file: string; readonly rest: string }[] {
    const own = name.getSourceFile().fileName;
    const found = this.service.findReferences(own, name.getStart()) ?? [];
    return found
      .flatMap(({ references }) => references)
      .filter(({ fileName }) => fileName !== own && this.isDeployed(fileName))
      .map(({ fileName, textSpan: { start, length } }) => ({
        file: relative(this.root, fileName),
        rest: this.program.getSourceFile(fileName)?.text.slice(start + length) ?? '',
      }));
  }

  /** The string literals of a file, without operands of `===` and `!==`. */
  literals(file: ts.SourceFile): readonly ts.StringLiteral[] {
    const known = this.literalsOf.get(file);
    if (known !== undefined) return known;
    const found: ts.StringLiteral[] = [];
    const visit = (node: ts.Node): void => {
      if (ts.isStringLiteral(node) && !isRead(node)) found.push(node);
      node.forEachChild(visit);
    };
    visit(file);
    this.literalsOf.set(file, found);
    return found;
  }
}

const comparisons: readonly ts.SyntaxKind[] = [
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
];

function isRead({ parent }: ts.Node): boolean {
  return ts.isBinaryExpression(parent) && comparisons.includes(parent.operatorToken.kind);
}

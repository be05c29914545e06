import { beforeAll, describe, expect, it } from '@jest/globals';
import { perimeterProblems } from '../../../src/api-description/perimeter-problems.js';
import { withFiles, type Files } from '../../../test/support/process/gates.js';
import { projectRoot } from '../../../test/support/process/project-root.js';
import { tracePerimeter, traceProblems, type TracedProblems } from './trace.ts';

const problem = `export class Problem extends Error { constructor(readonly code: string) { super(code); } }`;

/** A port, two adapters, and a controller that reaches one error in each way that the source knows. */
const project: Files = {
  'tsconfig.json':
    '{"compilerOptions":{"module":"nodenext","target":"es2024","strict":true,"types":[],"experimentalDecorators":true},"include":["src"]}',
  'package.json': '{"type":"module"}',
  'src/errors/problem.ts': problem,
  'src/errors/to-problem.ts': `
    import { Problem } from './problem.js';
    export const toProblem = (error: unknown): Problem => new Problem(String(error));`,
  'src/database/database.ts': `export abstract class Database { abstract readonly query: number; }`,
  'src/ports/storage.ts': `export abstract class Storage { abstract read(): void; abstract write(): void; }`,
  'src/adapters/disk.ts': `
    import { Storage } from '../ports/storage.js';
    import { Problem } from '../errors/problem.js';
    export class Disk extends Storage {
      read(): void { throw new Problem('of_the_adapter'); }
      write(): void { throw new Problem('of_another_method'); }
    }`,
  'src/perimeter/hook.ts': `
    import { Problem } from '../errors/problem.js';
    export const hook = (): Problem => new Problem('of_the_perimeter');`,
  'src/features/things/things.dto.ts': `export class ThingRequest { name!: string; }`,
  'src/features/things/things.controller.ts': `
    import { Problem } from '../../errors/problem.js';
    import { toProblem } from '../../errors/to-problem.js';
    import { Database } from '../../database/database.js';
    import { Storage } from '../../ports/storage.js';
    import { ThingRequest } from './things.dto.js';
    const Controller = (_: string): ClassDecorator => () => undefined;
    const Get = (): MethodDecorator => () => undefined;
    const Body = (): ParameterDecorator => () => undefined;
    const readId = (id: unknown): void => { if (id !== 1) throw new Problem('of_the_parameter'); };
    const IdParam = (): ParameterDecorator => () => readId(0);
    const either = (one: boolean): 'first' | 'second' => (one ? 'first' : 'second');
    const unused = (): Problem => new Problem('of_what_nobody_calls');
    void unused;
    @Controller('things')
    export class ThingsController {
      constructor(private readonly storage: Storage, private readonly database: Database) {}
      @Get() direct(): void { throw new Problem('direct'); }
      @Get() union(): void { throw new Problem(either(true)); }
      @Get() port(): void { this.storage.read(); }
      @Get() callback(): void { [1].forEach(() => { this.helper(); }); }
      @Get() reference(): void { [1].map(translate); }
      @Get() data(): number { return this.database.query; }
      @Get() fields(@Body() body: ThingRequest): string { return body.name; }
      @Get() any(@Body() body: unknown): unknown { return body; }
      @Get() parameter(@IdParam() id: string): string { return id; }
      @Get() passes(): unknown { return toProblem('anything'); }
      private helper(): void { throw new Problem('of_the_helper'); }
    }
    const translate = (): never => { throw new Problem('of_the_function'); };`,
};

describe('the errors of a route', () => {
  let traced: TracedProblems;
  beforeAll(async () => {
    traced = await withFiles(project, (root) => traceProblems(root));
  });

  it.each([
    ['direct', ['direct']],
    ['union', ['first', 'second']],
    ['port', ['of_the_adapter']],
    ['callback', ['of_the_helper']],
    ['reference', ['of_the_function']],
    ['data', ['busy', 'unavailable']],
    ['fields', ['validation_failed']],
    ['any', []],
    ['parameter', ['of_the_parameter']],
    ['passes', []],
  ])('of the handler `%s` are those that its calls reach', (handler, codes) => {
    expect(traced.handlers[`ThingsController.${handler}`]).toEqual(codes);
  });

  it('of the perimeter are those of its functions', () => {
    expect(traced.perimeter).toEqual(['of_the_perimeter']);
  });

  it('need a code that the types tell', async () => {
    const files = {
      ...project,
      'src/perimeter/wide.ts': `
        import { Problem } from '../errors/problem.js';
        export const wide = (code: string): Problem => new Problem(code);`,
    };
    await expect(withFiles(files, (root) => traceProblems(root))).rejects.toThrow(
      'wide.ts:3: the code of this Problem is not known',
    );
  });
});

/** Where no route matches, and while fields and parameters of a route are read: there the handlers have them. */
const elsewhere = ['route_not_found', 'method_not_allowed', 'validation_failed', 'not_found'];

describe('the errors of the perimeter', () => {
  it('are all in the table that the description is made from', () => {
    const told = new Set<string>([...Object.values(perimeterProblems).flat(), ...elsewhere]);
    expect(tracePerimeter(projectRoot).filter((code) => !told.has(code))).toEqual([]);
  });
});

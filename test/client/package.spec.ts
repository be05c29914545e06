import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EmptyProject } from '../support/client/empty-project.js';
import { projectRoot } from '../support/process/project-root.js';

const opening = `import { createClient, VelroError } from '@velro/client';\nconst velro = createClient({ baseUrl: '' });\n`;
const page = [['es2022', 'dom', 'dom.iterable'], []] as const;
const server = [['es2022'], ['node']] as const;

describe('the package of the client', () => {
  let project: EmptyProject;
  beforeAll(async () => {
    project = await EmptyProject.install();
  });
  afterAll(() => {
    project.remove();
  });

  const errorsIn = (code: string, [lib, types]: typeof page | typeof server = page): Promise<string> =>
    project.typeErrors({ 'consumer.ts': opening + code }, lib, types);

  it('holds the built files, its types and its README, and nothing else', () => {
    const [others, types] = [false, true].map((isType) =>
      project.packed.filter((path) => path.endsWith('.d.ts') === isType),
    );
    expect(others?.sort()).toEqual(['README.md', 'dist/browser.js', 'dist/index.js', 'package.json']);
    expect(types).toContain('dist/index.d.ts');
  });

  it('has under 10 KB for a page, compressed, with what it depends on', () => {
    const bundle = readFileSync(join(project.folder, 'client/dist/browser.js'));
    expect(bundle.includes('from"openapi-fetch"')).toBe(false);
    expect(gzipSync(bundle, { level: 9 }).length).toBeLessThan(10_000);
  });

  it('loads in an empty project, whole and as the bundle of a page', async () => {
    const names = `['createClient', 'memoryStore', 'indexedStore', 'webStore', 'VelroError', 'VelroResponseError', 'VelroConnectionError', 'VelroStoreError']`;
    const script = (from: string) =>
      `import * as client from '${from}'; console.log(${names}.every((name) => typeof client[name] === 'function'))`;
    for (const from of ['@velro/client', '@velro/client/browser'])
      expect((await project.node(script(from))).trim()).toBe('true');
  });

  const correct = `
    const { data } = await velro.GET('/api/v1/generations/{id}', { params: { path: { id: 'x' } } });
    const status: 'queued' | 'processing' | 'completed' | 'failed' | 'cancelled' = data.status;
    const { data: nothing } = await velro.DELETE('/api/v1/projects/{id}', { params: { path: { id: 'x' } } });
    const none: undefined = nothing;
    await velro.POST('/api/v1/auth/mfa/enroll');
    try { await velro.refresh(); } catch (error) {
      if (error instanceof VelroError && error.code === 'rate_limit_exceeded') console.log(error.retryAt?.getTime(), status, none);
    }
    for await (const { event, data } of velro.events('x', { signal: AbortSignal.timeout(1) }))
      if (event === 'completed') console.log(data.media?.[0]?.url);
  `;
  it.each([
    ['a page', page],
    ['Node, without the types of browsers', server],
  ])('type-checks under strict in %s, down to its own types', async (_title, platform) => {
    expect(await errorsIn(correct, platform)).toBe('');
  });

  const wrong = [
    [2345, 'an unknown path', `await velro.GET('/api/v1/nowhere');`],
    [2345, 'a method that the path does not have', `await velro.PUT('/api/v1/auth/login', { body: {} });`],
    [2554, 'a missing body', `await velro.POST('/api/v1/auth/login');`],
    [2322, 'a missing field', `await velro.POST('/api/v1/auth/login', { body: { email: 'a@b.c' } });`],
    [2554, 'a missing path parameter', `await velro.GET('/api/v1/generations/{id}');`],
    [
      2353,
      'an unknown query parameter',
      `await velro.GET('/api/v1/generations', { params: { query: { page: 2 } } });`,
    ],
    [2339, 'a field that an answer lacks', `(await velro.GET('/api/v1/auth/me')).data.password;`],
    [
      2367,
      'an unknown event',
      `for await (const { event } of velro.events('x')) if (event === 'done') break;`,
    ],
    [
      2322,
      'a form for a file that is a text',
      `await velro.generate({ model_id: 'm', prompt: 'p', reference_image: 'x' });`,
    ],
  ] as const;
  /** One run of the compiler for all of them, each in a file of its own. */
  let checked: Promise<string> | undefined;
  const errorsInWrong = (): Promise<string> =>
    project.typeErrors(
      Object.fromEntries(wrong.map(([, , code], at) => [`wrong-${at}.ts`, opening + code])),
      ...page,
    );
  it.each(wrong)('refuses with TS%i %s', async (error, _title, code) => {
    const at = wrong.findIndex(([, , other]) => other === code);
    const found = (await (checked ??= errorsInWrong())).matchAll(
      /^wrong-(\d+)\.ts\(\d+,\d+\): error TS(\d+)/gm,
    );
    expect(
      [...found].filter(([, file]) => Number(file) === at).map(([, , number]) => Number(number)),
    ).toEqual([error]);
  });

  const login = `const { data } = await velro.POST('/api/v1/auth/login', { body: { email: 'a@b.c', password: 'p' } });`;

  it('does not compile where tokens are read without asking whether a second factor is required', async () => {
    const code = `${login}
      // @ts-expect-error
      console.log(data.access_token);
      if (data.mfa_required) await velro.POST('/api/v1/auth/mfa/verify', { body: { mfa_token: data.mfa_token, code: '123456' } });
      else console.log(data.access_token, data.user.email);
      // @ts-expect-error
      if (data.mfa_required) console.log(data.user);`;
    expect(await errorsIn(code)).toBe('');
  });

  it('knows the codes of the service', async () => {
    const code = `try { await velro.refresh(); } catch (error) {
      if (!(error instanceof VelroError)) throw error;
      if (error.code === 'credits_insufficient' || error.code === 'rate_limit_exceeded') console.log(error.retryAt);
      // @ts-expect-error
      if (error.code === 'credits_insuficient') console.log();
    }`;
    expect(await errorsIn(code)).toBe('');
  });

  it('has a README whose examples compile', async () => {
    const text = readFileSync(join(projectRoot, 'client/README.md'), 'utf8');
    const blocks = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ''], at) => [
      `readme-${at}.ts`,
      code,
    ]);
    expect(blocks.length).toBeGreaterThanOrEqual(3);
    const [lib, types] = page;
    expect(await project.typeErrors(Object.fromEntries(blocks) as Record<string, string>, lib, types)).toBe(
      '',
    );
  });
});

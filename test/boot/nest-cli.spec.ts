import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Visitor } from '../support/http/http.js';
import { templateHome } from '../support/database/template-home.js';
import { Command } from '../support/process/command.js';
import { downloading, fetched } from '../support/services/fetched.js';
import { makeCheckout } from '../support/process/deployment-folder.js';
import { projectRoot } from '../support/process/project-root.js';

const mayFetch = process.env['VELRO_TEST_NETWORK'] === 'true';

describe('the settings of the Nest CLI', () => {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(projectRoot, file), 'utf8'));

  it('compile the folders that the build compiles, by the same settings of swc', () => {
    expect(read('nest-cli.json')).toMatchObject({
      sourceRoot: 'src',
      entryFile: 'src/main',
      compilerOptions: {
        builder: {
          type: 'swc',
          options: { swcrcPath: '.swcrc', filenames: ['config', 'painter', 'src'], outDir: 'dist' },
        },
      },
    });
  });

  it('name exact versions, so that the CLI of tomorrow changes nothing', () => {
    const { scripts } = read('package.json') as { scripts: Record<string, string> };
    expect(scripts['nest']).toMatch(/ @nestjs\/cli@\d+\.\d+\.\d+ .* @swc\/cli@\d+\.\d+\.\d+ nest$/);
  });
});

(mayFetch ? describe : describe.skip)('nest build', () => {
  const folder = mkdtempSync(join(tmpdir(), 'velro-nest-'));
  const cache = process.env['npm_config_cache'] ?? join(homedir(), '.npm');
  let service: Command | undefined;

  beforeAll(() => {
    makeCheckout(folder, ['nest-cli.json', 'tsconfig.json', 'painter']);
  });
  afterAll(async () => {
    service?.signal('SIGTERM');
    await service?.exited();
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes a service that starts and answers /health with 200', async () => {
    const env = { npm_config_cache: cache, npm_config_prefer_offline: 'true', ...downloading };
    await fetched('npm run nest -- --version', { cwd: folder, env });
    const build = Command.start('npm run nest -- build', { cwd: folder, env });
    expect([await build.exited(), build.printed]).toEqual([0, expect.stringContaining('compiled')]);
    service = Command.start('node dist/src/main.js', {
      cwd: folder,
      env: { ENVIRONMENT: 'test', VELRO_HOME: templateHome(), PORT: '0', LOG_FORMAT: 'json' },
    });
    await service.untilPrinted(/"url":"http:[^"]+"/);
    const url = /"url":"(http:[^"]+)"/.exec(service.printed)?.[1] ?? '';
    expect((await new Visitor(url).call('/health')).status).toBe(200);
  }, 600_000);
});

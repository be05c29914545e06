import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { fetched } from '../support/services/fetched.js';
import { projectRoot } from '../support/process/project-root.js';
import { hungAfterMs } from '../support/process/wait-until.js';

const mayFetch = process.env['VELRO_TEST_NETWORK'] === 'true';
/** The version that the settings are spelled for. */
const cli = 'supabase@3.1.0';

describe('the settings of the Supabase project', () => {
  const folder = mkdtempSync(join(tmpdir(), 'velro-supabase-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('do not name what version 3 of the CLI calls deprecated, nor do the commands of the deployment', () => {
    const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');
    const [, email = ''] = read('supabase/config.toml').split('[auth.email]\n');
    expect(email.split('\n[')[0]).toMatch(/^enabled = true$/m);
    expect(email.split('\n[')[0]).not.toContain('enable_signup');
    expect(read('docs/deployment.md')).not.toMatch(/supabase .*--linked/);
  });

  const withNetwork = mayFetch ? it : it.skip;
  withNetwork(
    'are read by the CLI without a warning',
    async () => {
      await fetched(`npx --yes ${cli} --version`, { cwd: folder });
      mkdirSync(join(folder, 'supabase'));
      for (const part of ['config.toml', 'templates', 'seed.sql'])
        cpSync(join(projectRoot, 'supabase', part), join(folder, 'supabase', part), { recursive: true });
      // It reads the settings before it looks for a stack, of which there is none.
      const { stdout, stderr } = spawnSync('npx', ['--yes', cli, 'status'], {
        cwd: folder,
        env: {
          ...process.env,
          HOME: folder,
          npm_config_prefer_offline: 'true',
          SUPABASE_TELEMETRY_DISABLED: '1',
          VELRO_SITE_URL: 'https://app.example.com',
        },
        encoding: 'utf8',
        timeout: hungAfterMs,
      });
      const printed = stdout + stderr;
      expect(printed).toMatch(/container|docker/i);
      expect(printed).not.toMatch(/\bWARN|deprecated|unknown|invalid/i);
    },
    600_000,
  );
});

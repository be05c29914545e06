import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { projectRoot } from '../support/process/project-root.js';

describe('.gitignore', () => {
  const isIgnored = (path: string): boolean => {
    try {
      // `--no-index`: what is tracked already is judged by the rules alone.
      execFileSync('git', ['check-ignore', '--quiet', '--no-index', path], { cwd: projectRoot });
      return true;
    } catch {
      return false;
    }
  };

  it.each([
    '.env',
    '.env.local',
    '.env.production',
    '.env.staging',
    '.env.production.hardened.local',
    '.env.backup',
    'src/.env',
    'supabase/.temp/pooler-url',
    'supabase/.branches/_current_branch',
    'supabase/.env.local',
    'supabase/.env.keys',
    '.velro/secrets.json',
    'rotation.env',
    'rotation-5d2c.env',
    'evidence.zip',
    'evidence-2.zip',
    'accounts.txt',
    'dist/src/main.js',
    'node_modules/pg/package.json',
  ])('keeps %s out of the repository', (path) => {
    expect(isIgnored(path)).toBe(true);
  });

  it.each([
    '.env.production.hardened',
    '.env.staging.secure',
    '.env.development.secure',
    'supabase/config.toml',
    'package-lock.json',
  ])('lets %s in', (path) => {
    expect(isIgnored(path)).toBe(false);
  });
});

describe('package-lock.json', () => {
  it('is what .ci/run installs from, and no install may change it', () => {
    const lines = readFileSync(join(projectRoot, '.ci/run'), 'utf8').split('\n');
    const install = lines.find((line) => line.startsWith('npm '));
    expect(install).toMatch(/^npm ci && git diff --exit-code package-lock\.json && npm test /);
    expect(lines.join('\n')).not.toContain('npm install');
  });

  it('names the binaries of every platform, not of one alone', () => {
    const { packages } = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const named = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).map((name) => ({ path, name })),
    );
    const isLocked = ({ path, name }: { path: string; name: string }): boolean =>
      `${path}/node_modules/${name}` in packages || `node_modules/${name}` in packages;
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter((one) => !isLocked(one))).toEqual([]);
  });
});

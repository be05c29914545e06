import { execFileSync } from 'node:child_process';
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
    '.velro/secrets.json',
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

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckoutFacts } from '../../features/controls/facts/checkout-facts.js';
import type { Looks } from '../../features/controls/judging/seen.js';

const templates = ['.env.production.hardened', '.env.staging.secure', '.env.development.secure'];

/** What the checkout at `root` shows. */
export function checkoutLooks(root: string): Looks<CheckoutFacts> {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8');
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', root, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
    });
  const isIgnored = (file: string): boolean => {
    try {
      git('check-ignore', '--quiet', '--no-index', file);
      return true;
    } catch (error) {
      // 1: it is not; anything else is no answer.
      if ((error as { status?: unknown }).status === 1) return false;
      throw error;
    }
  };
  const settings = (file: string): Readonly<Record<string, string>> =>
    Object.fromEntries(
      read(file)
        .split('\n')
        .flatMap((line) => {
          const [, name, value] = /^([A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
          return name === undefined ? [] : [[name, value ?? '']];
        }),
    );
  const lines = (file: string, begin: RegExp): string[] =>
    read(file)
      .split('\n')
      .flatMap((line) => begin.exec(line)?.[1] ?? []);

  return {
    committedEnvironments: () =>
      git('ls-files', '-z')
        .split('\0')
        .filter((file) => /(^|\/)\.env(\.|$)/.test(file) && !templates.includes(file)),
    ignored: () => ({ '.env': isIgnored('.env'), '.env.production': isIgnored('.env.production') }),
    templates: () =>
      templates
        .filter((file) => existsSync(join(root, file)))
        .map((file) => ({ file, values: settings(file) })),
    dockerfile: () => {
      const stages = new Set(lines('Dockerfile', /^FROM \S+ AS (\S+)/i));
      return {
        bases: lines('Dockerfile', /^FROM (\S+)/i).filter((base) => !stages.has(base)),
        users: lines('Dockerfile', /^USER (\S+)/i),
      };
    },
    railway: () => {
      const { deploy } = JSON.parse(read('railway.json')) as {
        deploy?: { preDeployCommand?: string | string[]; healthcheckPath?: string };
      };
      return {
        preDeploy: [deploy?.preDeployCommand ?? []].flat().join(' '),
        healthcheckPath: deploy?.healthcheckPath ?? '',
      };
    },
    alertRules: () => lines('deploy/prometheus/alerts.yml', /^\s*- alert: (\S+)/),
    dashboards: () =>
      readdirSync(join(root, 'deploy/grafana/dashboards'))
        .filter((file) => file.endsWith('.json'))
        .map((file) => (JSON.parse(read(`deploy/grafana/dashboards/${file}`)) as { uid?: string }).uid ?? ''),
    documents: () =>
      Object.fromEntries(
        [...readdirSync(join(root, 'docs')).map((file) => `docs/${file}`), 'SECURITY.md', 'README.md']
          .filter((file) => file.endsWith('.md') && existsSync(join(root, file)))
          .map((file) => [file, lines(file, /^#+ (.+)$/)]),
      ),
    scripts: () => Object.keys((JSON.parse(read('package.json')) as { scripts: object }).scripts),
  };
}

import { beforeAll, describe, expect, it } from '@jest/globals';
import { unreadFaults } from './unread.ts';
import { withFiles, type Files } from '../../test/support/process/gates.js';

const project: Files = {
  'tsconfig.json':
    '{"compilerOptions":{"module":"nodenext","strict":true,"types":[]},"include":["config","src"]}',
  'package.json': '{"type":"module"}',
  'config/environment/environment.ts': `
    export class Environment { READ?: string; KEY?: string; KEY_PREVIOUS?: string; DEAD?: string; }`,
  'config/environment/environment.defaults.ts': `export const defaults = { DEAD: 'yes' };`,
  'config/config.ts': `
    export interface RotatingKey { readonly current: string; readonly previous: string | null; }
    export interface Config {
      readonly signing: RotatingKey;
      readonly sealing: RotatingKey;
      readonly naming: RotatingKey;
      readonly counting: RotatingKey;
      readonly shown: string;
      readonly read: string;
      readonly dead: string;
      readonly group: { readonly read: string; readonly dead: string } | { readonly other: string };
      readonly rateLimits: Readonly<Record<'asked' | 'asked_by_name' | 'dead', number>>;
    }`,
  'config/build-config.ts': `
    import type { Config } from './config.js';
    import type { Environment } from './environment/environment.js';
    export const build = (env: Environment, rateLimits: Config['rateLimits'], signing: Config['signing']): Config =>
      ({ signing, sealing: signing, naming: signing, counting: signing, shown: '', read: env.READ ?? '', dead: env.KEY ?? '', group: { read: '', dead: '' }, rateLimits });`,
  'config/policy/operations/metrics.ts': `export const counters = { counted: '', shown: '' } as const;`,
  'config/policy/perimeter/rate-limits.ts': `
    export const rateLimits = { asked: 1, asked_by_name: 2, dead: 3 } as const;
    export type RateLimitName = keyof typeof rateLimits;`,
  'src/observability/security-events.ts': `export const securityEventNames = ['said', 'compared'] as const;`,
  'src/guards/limit-keys.ts': `
    import type { RateLimitName } from '../../config/policy/perimeter/rate-limits.js';
    const keyOf = (name: RateLimitName): string => name;
    export const keys = { dead: keyOf('dead') };`,
  'src/features/ai-switch/ai-switch.controller.ts': `
    import type { Config } from '../../../config/config.js';
    export const status = ({ shown }: Config) => shown;`,
  'src/keys.ts': `
    import type { Config } from '../config/config.js';
    export const keys = (config: Config, { naming: { current } }: Config, { counting: { current: now, previous } }: Config) =>
      [config.signing, config.sealing.current, current, now, previous];`,
  'src/service.ts': `
    import type { Config } from '../config/config.js';
    import { rateLimits, type RateLimitName } from '../config/policy/perimeter/rate-limits.js';
    const limit = (name: RateLimitName): string => name;
    export function serve({ read, group, rateLimits: own }: Config, event: string) {
      const word = 'dead';
      if (event === 'compared') return [];
      return [read, 'read' in group ? group.read : group.other, own, word, 'said', 'counted', limit('asked'), rateLimits.asked_by_name];
    }`,
};
const nothing = { variables: {}, counters: [], events: [] };
const namesOf = async (files: Files, waiting: Parameters<typeof unreadFaults>[1]): Promise<string[]> =>
  (await withFiles(files, (folder) => unreadFaults(folder, waiting))).map(
    ({ rule, where }) => `${rule} ${where}`,
  );

describe('the check of unused declarations', () => {
  let found: readonly string[] = [];
  beforeAll(async () => {
    found = await namesOf(project, nothing);
  });

  it.each([
    ['a field of the configuration that nothing reads', 'unread-field dead'],
    ['a field of a group that nothing reads', 'unread-field group.dead'],
    ['a key before its rotation that nothing reads', 'unread-field sealing.previous'],
    ['a key before its rotation whose present one is taken out', 'unread-field naming.previous'],
    ['a field that is shown and has no effect', 'unread-field shown'],
    ['an unused limit that has a key', 'unread-field rateLimits.dead'],
    ['a variable that only has a default', 'unread-variable DEAD'],
    ['a metric that is never counted', 'unproduced shown'],
    ['a security event that is compared and never recorded', 'unproduced compared'],
  ])('refuses %s', (_title, line) => {
    expect(found).toContain(line);
  });

  it('refuses nothing else', () => {
    expect(found).toHaveLength(9);
  });

  it('allows entries of the waiting list, and refuses those that are in use', async () => {
    const variables = { KEY: ['dead', 'group.dead', 'rateLimits.dead'], READ: ['read'], GONE: ['gone'] };
    const waiting = { variables, counters: ['shown', 'counted'], events: ['compared', 'said'] };
    expect((await namesOf(project, waiting)).sort()).toEqual([
      'needless-wait counted',
      'needless-wait gone',
      'needless-wait read',
      'needless-wait said',
      'unread-field naming.previous',
      'unread-field sealing.previous',
      'unread-field shown',
      'unread-variable DEAD',
    ]);
  });
});

import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import ipaddr from 'ipaddr.js';
import { secretNames, variableNames } from '../../config/environment/read-environment.js';
import { drainTimeoutMs } from '../../config/policy/perimeter/http.js';
import { deployed } from '../boot/environments.js';
import { addressIn, filledIn, networksOf, readYaml, type Compose } from '../support/deployment/compose.js';
import { openssl } from '../support/process/certificates.js';
import { Command } from '../support/process/command.js';
import { readDockerfile, execForm } from '../support/process/dockerfile.js';
import { portBelowOutgoing } from '../support/process/free-port.js';
import { projectRoot } from '../support/process/project-root.js';
import { hasRedis } from '../support/process/redis-server.js';

const compose = readYaml('deploy/compose.yaml') as Compose;
const services = Object.entries(compose.services).map(([name, service]) => ({ name, service }));
const own = services.filter(({ service }) => service.image.startsWith('velro:'));
const one = (name: string) => {
  const found = compose.services[name];
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
};

const secretsOf = ({ secrets = [] }: (typeof services)[number]['service']): readonly string[] =>
  secrets.map((secret) => (typeof secret === 'string' ? secret : secret.source));

/** The folder that the operator makes; everything else that is mounted must be here. */
const elsewhere = ['./logs'];

describe('the containers of deploy/compose.yaml', () => {
  it('are the service and what is around it', () => {
    expect(services.map(({ name }) => name).sort()).toEqual(
      [
        'alloy',
        'clamav',
        'grafana',
        'loki',
        'migrate',
        'nginx',
        'postgres',
        'prometheus',
        'redis',
        'service',
      ].sort(),
    );
  });

  it('have the host that Prometheus asks as a name of the proxy, and its token where its settings say', () => {
    const { scrape_configs: [scrape] = [] } = readYaml('deploy/prometheus/prometheus.yml') as {
      readonly scrape_configs?: readonly {
        readonly authorization: { readonly credentials_file: string };
        readonly static_configs: readonly { readonly targets: readonly string[] }[];
      }[];
    };
    const [target = ''] = scrape?.static_configs[0]?.targets ?? [];
    const { aliases } = (one('nginx').networks as { readonly proxy: { readonly aliases: string[] } }).proxy;
    expect(aliases).toEqual([target.split(':')[0]]);
    expect(one('prometheus').secrets).toContainEqual({
      source: 'prometheus_metrics_token',
      target: `/etc/prometheus/${scrape?.authorization.credentials_file ?? ''}`,
    });
  });

  describe.each(services)('$name', ({ name, service }) => {
    it('runs an image of an exact version', () => {
      if (service.image.startsWith('velro:'))
        expect(service.image).toMatch(/^velro:\$\{VELRO_VERSION:\?[^}]+\}$/);
      else expect(service.image).toMatch(/^[a-z0-9/]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9]+)?$/);
    });

    it('runs as a user that is not root, without capabilities, and can gain no privileges', () => {
      expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
      expect(service.cap_drop).toEqual(['ALL']);
      expect([service.cap_add, service.privileged, service.network_mode]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
    });

    it('has a root that is read only, and bounded memory to write into', () => {
      expect(service.read_only).toBe(true);
      expect(service.tmpfs.length).toBeGreaterThan(0);
      for (const folder of service.tmpfs) expect(folder).toMatch(/^\/[\w/]+:size=\d+m(,|$)/);
    });

    it('has limits of processor, memory, processes and log', () => {
      expect(service.cpus).toBeGreaterThan(0);
      expect(service.mem_limit).toMatch(/^\d+[mg]$/);
      expect(service.pids_limit).toBeGreaterThan(0);
      expect(service.logging).toEqual({
        driver: 'json-file',
        options: { 'max-size': expect.stringMatching(/^\d+m$/), 'max-file': expect.stringMatching(/^\d+$/) },
      });
    });

    it('is looked after: started again, with a health check, unless it ends by itself', () => {
      if (name === 'migrate') expect([service.restart, service.healthcheck]).toEqual(['no', undefined]);
      else {
        expect(service.restart).toBe('unless-stopped');
        expect(service.healthcheck?.test[0]).toMatch(/^CMD(-SHELL)?$/);
      }
    });

    it('has its secrets in files that compose knows, and none in its environment', () => {
      const mounted = new Set(secretsOf(service));
      expect([...mounted].filter((secret) => !(secret in compose.secrets))).toEqual([]);
      const environment = Object.entries(service.environment ?? {});
      for (const [variable, value] of environment)
        if (value.startsWith('/run/secrets/'))
          expect([variable, mounted.has(value.slice(13))]).toEqual([variable, true]);
        else expect([variable, /secret|pass|token|key/i.test(variable)]).toEqual([variable, false]);
      const named = [...JSON.stringify(service).matchAll(/\/run\/secrets\/(\w+)/g)].map(
        ([, secret = '']) => secret,
      );
      expect(named.filter((secret) => !mounted.has(secret))).toEqual([]);
    });

    it('waits for services that are there, by their health', () => {
      for (const [other, { condition }] of Object.entries(service.depends_on ?? {}))
        expect([other, condition]).toEqual([
          other,
          one(other).restart === 'no' ? 'service_completed_successfully' : 'service_healthy',
        ]);
    });

    it('mounts what is there, read only unless it is its own', () => {
      for (const volume of service.volumes ?? []) {
        const [source = '', , mode = 'rw'] = volume.split(':');
        expect(source).not.toMatch(/docker\.sock|^\//);
        if (!source.startsWith('./')) expect(compose.volumes).toHaveProperty(source);
        else {
          if (!(source === './logs' && name === 'service')) expect([source, mode]).toEqual([source, 'ro']);
          if (!elsewhere.includes(source))
            expect([source, existsSync(join(projectRoot, 'deploy', source))]).toEqual([source, true]);
        }
      }
    });
  });
});

describe('the networks of deploy/compose.yaml', () => {
  it('let the proxy alone be reached from outside, at the ports of its configuration', () => {
    expect(services.filter(({ service }) => service.ports !== undefined).map(({ name }) => name)).toEqual([
      'nginx',
    ]);
    const conf = readFileSync(join(projectRoot, 'deploy/nginx/nginx.conf'), 'utf8');
    const listened = [...conf.matchAll(/listen (\d+)/g)].map(([, port]) => port).sort();
    const published = (one('nginx').ports ?? []).map((port) => port.split(':'));
    expect(published.map(([outside]) => outside).sort()).toEqual(['443', '80']);
    expect(published.map(([, inside]) => inside).sort()).toEqual(listened);
  });

  it('have no way out but for those that need one', () => {
    const open = Object.entries(compose.networks)
      .filter(([, { internal }]) => internal !== true)
      .map(([name]) => name);
    expect(open.sort()).toEqual(['edge', 'outbound']);
    const reaching = (network: string): string[] =>
      services
        .filter(({ service }) => networksOf(service).includes(network))
        .map(({ name }) => name)
        .sort();
    expect(reaching('edge')).toEqual(['nginx']);
    expect(reaching('outbound')).toEqual(['clamav', 'service']);
    expect(reaching('data')).toEqual(['clamav', 'migrate', 'postgres', 'redis', 'service']);
    expect(reaching('proxy')).toEqual(['nginx', 'prometheus', 'service']);
  });

  it('have each fixed address in their range, and the service trusts that of the proxy alone', () => {
    const fixed = services.flatMap(({ service }) =>
      networksOf(service).flatMap((network) => {
        const address = addressIn(service, network);
        return address === undefined ? [] : [{ network, address }];
      }),
    );
    expect(fixed.length).toBeGreaterThan(2);
    for (const { network, address } of fixed) {
      const range = compose.networks[network]?.ipam?.config[0]?.subnet ?? '';
      expect([address, ipaddr.parse(address).match(ipaddr.parseCIDR(range))]).toEqual([address, true]);
    }
    expect(one('service').environment?.['TRUSTED_PROXY']).toBe(
      `${addressIn(one('nginx'), 'proxy') ?? ''}/32`,
    );
  });
});

describe('the service in deploy/compose.yaml', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'velro-compose-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('sets variables of the service alone, besides one of Node', () => {
    const files = secretNames().map((name) => `${name}_FILE`);
    const known = new Set([...variableNames(), ...files, 'NODE_EXTRA_CA_CERTS']);
    expect(own.map(({ name }) => name).sort()).toEqual(['migrate', 'service']);
    for (const { service } of own)
      expect(Object.keys(service.environment ?? {}).filter((name) => !known.has(name))).toEqual([]);
  });

  it('is not given the address of the owner of the database', () => {
    expect(JSON.stringify(one('service'))).not.toContain('database_migration');
    expect(one('migrate').environment?.['DATABASE_MIGRATION_URL_FILE']).toBe(
      '/run/secrets/database_migration_url',
    );
  });

  it('checks and migrates by the command of railway.json, and is asked for its health as the image is', () => {
    const { deploy } = JSON.parse(readFileSync(join(projectRoot, 'railway.json'), 'utf8')) as {
      deploy: { preDeployCommand: string[] };
    };
    const [shell, option, line] = one('migrate').command ?? [];
    expect([`${shell ?? ''} ${option ?? ''} "${line ?? ''}"`]).toEqual(deploy.preDeployCommand);
    const [program, , script = ''] = (one('service').healthcheck?.test ?? []).slice(1);
    const image = readDockerfile(join(projectRoot, 'Dockerfile'))
      .at(-1)
      ?.instructions.find(({ name }) => name === 'HEALTHCHECK');
    const [own, , its = ''] = execForm(image?.text ?? '');
    expect(program).toBe(own);
    expect(script.replaceAll('"', '`')).toBe(its.replace('${process.env.PORT || 3000}', '3000'));
  });

  it('is killed later than the slowest drain', () => {
    const seconds = Number(/^(\d+)s$/.exec(one('service').stop_grace_period ?? '')?.[1]);
    expect(seconds * 1000).toBeGreaterThanOrEqual(2 * drainTimeoutMs + 10_000);
  });

  (openssl ? describe : describe.skip)('with the secrets of deploy/secrets.sh', () => {
    const vendors = deployed('production');
    const supplied: Readonly<Record<string, string>> = {
      tls_certificate: 'a chain',
      tls_key: 'a key',
      supabase_publishable_key: vendors['SUPABASE_PUBLISHABLE_KEY'] ?? '',
      supabase_secret_key: vendors['SUPABASE_SECRET_KEY'] ?? '',
      fal_key: vendors['FAL_KEY'] ?? '',
      gemini_api_key: vendors['GEMINI_API_KEY'] ?? '',
    };
    const make = () => spawnSync('sh', [join(folder, 'secrets.sh')], { encoding: 'utf8' });
    const path = (name: string): string => join(folder, 'secrets', name);
    const contents = (): string[] =>
      readdirSync(join(folder, 'secrets')).map((name) => `${name} ${readFileSync(path(name), 'utf8')}`);
    let first: ReturnType<typeof make>;
    let firstContents: string[];
    beforeAll(() => {
      copyFileSync(join(projectRoot, 'deploy', 'secrets.sh'), join(folder, 'secrets.sh'));
      first = make();
      firstContents = contents();
      for (const [name, value] of Object.entries(supplied)) writeFileSync(path(name), value);
    });

    it('says what is yours to add, keeps what is there, and has then all that the containers read', () => {
      expect(first.status).toBe(1);
      for (const name of Object.keys(supplied)) expect(first.stderr).toContain(` ${name}`);
      expect(make()).toMatchObject({ status: 0, stdout: expect.stringContaining('all secrets are in') });
      expect(contents()).toEqual(expect.arrayContaining(firstContents));
      expect(readdirSync(join(folder, 'secrets')).sort()).toEqual(Object.keys(compose.secrets).sort());
    });

    it('makes nothing, and says so, where there is no randomness', () => {
      const [bare, programs] = [join(folder, 'bare'), join(folder, 'programs')];
      for (const one of [bare, programs]) mkdirSync(one);
      copyFileSync(join(projectRoot, 'deploy', 'secrets.sh'), join(bare, 'secrets.sh'));
      writeFileSync(join(programs, 'openssl'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
      const { status, stdout, stderr } = spawnSync('sh', [join(bare, 'secrets.sh')], {
        encoding: 'utf8',
        env: { PATH: `${programs}:${process.env['PATH'] ?? ''}` },
      });
      expect([status, stdout, stderr]).toEqual([1, '', expect.stringContaining('no random bytes')]);
      expect(readdirSync(join(bare, 'secrets'))).toEqual([]);
    });

    it('gives each file to the user of its container, and to nobody else', () => {
      for (const { service } of services)
        for (const secret of secretsOf(service)) {
          const { mode, uid } = statSync(path(secret));
          expect([secret, (mode & 0o777).toString(8)]).toEqual([secret, '400']);
          if (process.getuid?.() === 0)
            expect([secret, String(uid)]).toEqual([secret, service.user.split(':')[0]]);
        }
    });

    it('makes a certificate for the database that verifies by the name in its address', () => {
      const verify = (host: string) =>
        spawnSync('openssl', [
          ...['verify', '-purpose', 'sslserver', '-verify_hostname', host],
          ...['-CAfile', path('database_ca'), path('database_certificate')],
        ]).status;
      expect([verify('postgres'), verify('other')]).toEqual([0, 2]);
      for (const name of ['database_url', 'database_migration_url'])
        expect(new URL(readFileSync(path(name), 'utf8')).hostname).toBe('postgres');
    });

    it.each(own.map(({ name }) => name))('boots production: %s', (name) => {
      const given = { ...vendors, VELRO_VERSION: '1' };
      const env: Record<string, string> = {};
      for (const [variable, value] of Object.entries(one(name).environment ?? {}))
        env[variable] = value.startsWith('/run/secrets/') ? path(value.slice(13)) : filledIn(value, given);
      const validate = (changes: Readonly<Record<string, string>>) =>
        spawnSync(
          process.execPath,
          [join(projectRoot, 'dist/src/cli/security-validate.js'), '--environment', 'production'],
          { cwd: folder, env: { PATH: process.env['PATH'], ...env, ...changes }, encoding: 'utf8' },
        );
      const { status, stdout, stderr } = validate({});
      expect([status, stdout + stderr]).toEqual([
        0,
        expect.stringContaining('this environment would boot as production'),
      ]);
      expect(validate({ TRUSTED_PROXY: 'true' }).status).toBe(1);
    });

    (hasRedis ? it : it.skip)(
      'asks for the password of its Redis, which keeps every key that it has',
      async () => {
        const port = await portBelowOutgoing();
        const [program = '', ...args] = (one('redis').command ?? []).map((word) =>
          word.replace(/^\/run\/secrets\/(\w+)$/, (_all, secret: string) => path(secret)),
        );
        const server = Command.start([program, ...args, '--port', String(port), '--bind', '127.0.0.1'], {
          cwd: folder,
        });
        try {
          await server.untilPrinted(/Ready to accept connections/);
          const address = new URL(readFileSync(path('redis_url'), 'utf8').trim());
          const ask = async (secret: string | undefined): Promise<unknown> => {
            const redis = new Redis(port, '127.0.0.1', {
              ...(secret === undefined ? {} : { password: secret }),
              lazyConnect: true,
              retryStrategy: () => null,
            });
            redis.on('error', () => undefined);
            try {
              return await redis.config('GET', 'maxmemory-policy');
            } finally {
              redis.disconnect();
            }
          };
          expect(await ask(address.password)).toEqual(['maxmemory-policy', 'noeviction']);
          await expect(ask(undefined)).rejects.toThrow(/NOAUTH/);
        } finally {
          server.kill();
        }
      },
    );
  });
});

describe('the log on its way to Loki', () => {
  it('is kept for a bounded time, by the settings that the containers name', () => {
    const loki = readYaml('deploy/loki/loki.yaml') as {
      server: { http_listen_port: number };
      common: { path_prefix: string };
      limits_config: { retention_period: string };
      compactor: { retention_enabled: boolean };
      analytics: { reporting_enabled: boolean };
    };
    expect(loki).toMatchObject({
      analytics: { reporting_enabled: false },
      compactor: { retention_enabled: true },
      limits_config: { retention_period: expect.stringMatching(/^\d+h$/) },
    });
    const alloy = readFileSync(join(projectRoot, 'deploy/alloy/config.alloy'), 'utf8');
    expect(alloy).toContain(`url = "http://loki:${loki.server.http_listen_port}/loki/api/v1/push"`);
    const file = one('service').environment?.['LOG_FILE'] ?? '';
    const [, pattern = ''] = /"__path__" = "([^"]+)"/.exec(alloy) ?? [];
    expect(file.replace(/[^/]+(?=\.log$)/, '*')).toBe(pattern);
    expect(one('loki').volumes).toContain(`loki:${loki.common.path_prefix}`);
  });
});

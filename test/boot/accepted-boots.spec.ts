import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Config } from '../../config/config.js';
import { validateEnvironment, loadConfig } from '../../config/load-config.js';
import { rateLimits } from '../../config/policy/perimeter/rate-limits.js';
import { readBackupAddress } from '../../config/backup/backup-address.js';
import {
  base64Key,
  canary,
  changed,
  deployed,
  hexKey,
  legacyKey,
  password,
  postgres,
  tokenSecret,
  type Env,
} from './environments.js';
import { remove, temporary } from './processes.js';

let directory = '';
beforeEach(() => {
  directory = temporary();
});
afterEach(() => {
  remove(directory);
});

const load = (env: Env): Config => loadConfig({ env, directory });
const production = (changes: Readonly<Record<string, string | undefined>> = {}): Config =>
  load(changed(deployed('production'), changes));

describe('a valid environment', () => {
  it('boots production on the least that it requires', () => {
    const env = deployed('production');
    const config = load(env);
    expect(config).toMatchObject({
      environment: 'production',
      debug: { enabled: false, developmentMode: false, endpoints: false, verboseErrors: false },
      server: { port: 3000, publicUrl: env['PUBLIC_URL'], instances: 1, compression: true, caching: true },
      corsOrigins: env['CORS_ORIGINS']?.split(','),
      passwords: { requireEmailVerification: true, acceptUnpeppered: false },
      database: { kind: 'postgres' },
      supabase: { kind: 'hosted', url: env['SUPABASE_URL'] },
      generation: { provider: 'fal', queueUrl: 'https://queue.fal.run', mediaHosts: ['fal.media'] },
      redisUrl: null,
      threatResponses: 'enforce',
      rateLimits,
      audit: { enabled: true, encrypt: true, retentionDays: 90 },
      operator: { user: env['ADMIN_USER'], ipAllowlist: [], generated: false },
      firstAdmin: null,
      ai: {
        enabled: true,
        first: { provider: 'gemini', model: 'gemini-2.5-flash-lite', baseUrl: null },
        second: null,
        timeoutMs: 3000,
        maxCallsPerMinute: 10,
        maxCallsPerMinuteOther: 600,
        maxCallsPerMinutePerPsid: 2,
      },
      budgets: { ai: { daily: 5_000_000, monthly: 50_000_000 }, alertShares: [0.5, 0.8, 1] },
      messenger: null,
      uploads: { enabled: false, maxFileBytes: 10 * 1024 * 1024 },
      piiRedaction: true,
      log: { level: 'info', format: 'json', file: null, access: true },
      startingCredits: 1000,
    });
    expect(config.tokens.current.reveal()).toBe(env['JWT_SECRET']);
    expect(config.proxy).toMatchObject({ mode: 'railway', peers: expect.arrayContaining(['100.64.0.0/10']) });
    expect(config.warnings).toHaveLength(2);
    expect(config.warnings.join()).toMatch(/(?=.*ADMIN_IP_ALLOWLIST)(?=.*HEALTH_PING_URL)/s);
  });

  it('exports traces in a private network without TLS, with the headers decoded', () => {
    const { tracing } = load({
      ...deployed('production'),
      TRACING_ENABLED: 'true',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.railway.internal:4318/',
      OTEL_EXPORTER_OTLP_HEADERS: 'X-Key=a%20b, authorization=Basic%20eDp5',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    });
    expect(tracing).toMatchObject({ endpoint: 'http://collector.railway.internal:4318', share: 0.25 });
    expect(tracing?.headers.map(([name, value]) => [name, value.reveal()])).toEqual([
      ['x-key', 'a b'],
      ['authorization', 'Basic eDp5'],
    ]);
  });

  it('exports no traces unless TRACING_ENABLED says so', () => {
    const env = { ...deployed('production'), OTEL_EXPORTER_OTLP_ENDPOINT: 'https://traces.example.com' };
    expect(load(env).tracing).toBeNull();
  });

  it('boots staging by the same rules', () => {
    expect(load(deployed('staging')).environment).toBe('staging');
  });

  it('boots development with nothing set at all', () => {
    expect(load({})).toMatchObject({
      environment: 'development',
      debug: { enabled: true, verboseErrors: true },
      server: { port: 3000, publicUrl: null },
      proxy: { mode: 'none' },
      database: { kind: 'embedded' },
      supabase: { kind: 'embedded' },
      generation: { provider: 'canvas' },
      threatResponses: 'observe',
      operator: { user: 'operator', generated: true },
      ai: { first: { provider: 'local' } },
      uploads: { enabled: true, clamavHost: null },
      log: { format: 'pretty' },
      home: join(directory, '.velro'),
      warnings: [],
    });
  });

  it('treats test as development, but quieter', () => {
    const { environment, log, debug, generation } = load({ ENVIRONMENT: 'test' });
    expect({ environment, log, debug: debug.enabled, generation }).toEqual({
      environment: 'test',
      log: { level: 'warn', format: 'json', file: null, access: true },
      debug: false,
      generation: { provider: 'canvas' },
    });
  });

  it.each(['ENVIRONMENT', 'APP_ENV', 'ENV'])('accepts its name from %s in any case', (alias) => {
    const env = changed(deployed('production'), { ENVIRONMENT: undefined, [alias]: 'Production' });
    expect(load(env).environment).toBe('production');
  });

  it('accepts equal aliases', () => {
    expect(production({ APP_ENV: 'production', ENV: 'production' }).environment).toBe('production');
  });

  it('ignores an ENV that is the start file of a shell', () => {
    expect(load({ ENV: '/root/.shrc' }).environment).toBe('development');
  });

  it('prefers the process environment to .env, and .env to unset and empty variables', () => {
    writeFileSync(join(directory, '.env'), 'PORT=4001\nLOG_LEVEL=error\nDEFAULT_USER_CREDITS=7\n');
    const { server, log, startingCredits } = load({ PORT: '4002', LOG_LEVEL: '' });
    expect([server.port, log.level, startingCredits]).toEqual([4002, 'error', 7]);
  });

  it.each([
    'rediss://cache.example.net',
    'redis://10.0.0.7:6379',
    'redis://redis.railway.internal:6379',
    'redis://[fd12::1]:6379',
    'redis://localhost',
  ])('accepts shared counters in %s', (url) => {
    const config = production({ INSTANCES: '4', REDIS_URL: url });
    expect([config.server.instances, config.redisUrl?.reveal()]).toEqual([4, url]);
  });

  it.each([
    '?sslmode=require',
    '?sslmode=verify-ca',
    '?sslmode=verify-full&uselibpqcompat=true',
    '?sslmode=require&ssl=true',
  ])('accepts the database address with %s', (query) => {
    expect(production({ DATABASE_URL: postgres('velro_app', query) }).database.kind).toBe('postgres');
  });

  it('accepts a local database without TLS and with a short password', () => {
    for (const host of ['localhost', '127.0.0.1', '[::1]', 'db', '192.168.0.4']) {
      expect(load({ DATABASE_URL: `postgres://postgres:postgres@${host}:5432/velro` }).database.kind).toBe(
        'postgres',
      );
    }
  });

  it('accepts legacy Supabase keys with a warning each', () => {
    const config = production({
      SUPABASE_PUBLISHABLE_KEY: undefined,
      SUPABASE_SECRET_KEY: undefined,
      SUPABASE_ANON_KEY: legacyKey('anon'),
      SUPABASE_SERVICE_ROLE_KEY: legacyKey('service_role'),
    });
    expect(config.supabase.kind).toBe('hosted');
    expect(config.warnings.filter((warning) => warning.includes('legacy'))).toHaveLength(2);
  });

  it('sets limits tighter than policy, in short and in long form', () => {
    const { rateLimits: limits } = production({
      CHAT_RATE_LIMIT: '10',
      RATE_LIMIT_ADMIN: '50/minute',
      RATE_LIMIT_AUTH_LOGIN: '3/day',
      RATE_LIMIT_GENERATION_CREATE: '5/hour',
    });
    expect(limits).toMatchObject({
      chat: { limit: 10, windowSeconds: 60 },
      admin: { limit: 50, windowSeconds: 60 },
      auth_login: { limit: 3, windowSeconds: 86_400 },
      generation_create: { limit: 5, windowSeconds: 3600 },
      api_standard: rateLimits.api_standard,
    });
  });

  it('loosens limits in production only with ALLOW_LOOSER_LIMITS, and warns', () => {
    const config = production({
      ALLOW_LOOSER_LIMITS: 'true',
      CHAT_RATE_LIMIT: '300',
      THREAT_RESPONSES: 'observe',
    });
    expect(config.rateLimits.chat.limit).toBe(300);
    expect(config.warnings.join('\n')).toMatch(/CHAT_RATE_LIMIT[^]*THREAT_RESPONSES/);
  });

  it('enables uploads when a scanner is configured', () => {
    expect(production({ CLAMAV_HOST: 'clamav.railway.internal:3310' }).uploads).toMatchObject({
      enabled: true,
      clamavHost: 'clamav.railway.internal:3310',
    });
  });

  it.each([
    ['a model of policy', { AI_MODEL: 'gemini-2.5-pro' }, { input: 1250, cached: 125, output: 10_000 }],
    [
      'a model with its price',
      { AI_MODEL: 'new-1', AI_MODEL_PRICE: '1/2' },
      { input: 1000, cached: 1000, output: 2000 },
    ],
  ])('knows what %s costs', (_, changes, price) => {
    expect(production(changes).ai.first).toMatchObject({ price });
  });

  it('needs no assistants', () => {
    expect(production({ AI_PROVIDER: 'none', GEMINI_API_KEY: undefined }).ai.first).toBeNull();
  });

  it('needs no model key with AI_ENABLED=false', () => {
    expect(production({ AI_ENABLED: 'false', GEMINI_API_KEY: undefined }).ai).toMatchObject({
      enabled: false,
      first: null,
    });
  });

  it('accepts local stand-ins outside production, with a warning in staging', () => {
    const standIn = { FAL_QUEUE_URL: 'http://127.0.0.1:9/', FAL_MEDIA_HOSTS: '127.0.0.1:9,localhost' };
    expect(load({ ...standIn, GENERATION_PROVIDER: 'fal', FAL_KEY: canary() }).generation).toMatchObject({
      queueUrl: 'http://127.0.0.1:9',
      mediaHosts: ['127.0.0.1:9', 'localhost'],
    });
    const { faults, warnings } = validateEnvironment(changed(deployed('staging'), standIn));
    expect(faults).toEqual([]);
    expect(warnings.join()).toContain('FAL_QUEUE_URL');
  });

  it('keeps the previous key of a rotation beside the current one', () => {
    const previous = base64Key();
    expect(production({ AUDIT_ENC_KEY_PREVIOUS: previous }).audit.key.previous?.reveal()).toBe(previous);
  });

  it('never refuses the bootstrap of the first administrator, and warns while it is set', () => {
    const config = production({ DEFAULT_ADMIN_EMAIL: 'a@example.net', DEFAULT_ADMIN_PASSWORD: canary() });
    expect(config.firstAdmin?.email).toBe('a@example.net');
    expect(config.warnings.filter((warning) => warning.startsWith('DEFAULT_ADMIN_'))).toHaveLength(2);
  });

  it.each([
    'https://siem.example.net/services/collector?token=a',
    'https://user:a-word-that-is-long@siem.example.net',
    'syslog+tls://siem.example.net',
    'syslog+tls://siem.example.net:6514',
    'syslog+tls://[2001:db8::1]:6514',
    // A collector beside the service.
    'http://127.0.0.1:8088/events',
    'http://localhost:8088',
    'http://[::1]:8088',
  ])('exports to %s in production', (url) => {
    expect(production({ SIEM_URL: url }).siemUrl?.reveal()).toBe(url);
  });

  it.each([
    ['https://AKIA:secret%2Fkey@s3.eu-west-1.amazonaws.com/velro-backups/production', 'eu-west-1'],
    ['https://AKIA:secret@account.r2.cloudflarestorage.com/velro', 'auto'],
    ['https://AKIA:secret@minio.example.net:9000/velro/a/b/?region=moon-1', 'moon-1'],
    ['http://AKIA:secret@127.0.0.1:9000/velro', 'auto'],
  ])('backs up to %s', (target, region) => {
    const BACKUP_RECIPIENT = `age1${'q'.repeat(58)}`;
    const { backup } = production({ BACKUP_TARGET: target, BACKUP_RECIPIENT });
    expect(backup?.recipient).toBe(BACKUP_RECIPIENT);
    expect(readBackupAddress(backup?.target.reveal() ?? '')?.region).toBe(region);
  });

  it('warns of backups in the region of the database', () => {
    const set = (host: string) =>
      production({
        BACKUP_TARGET: `https://AKIA:secret@s3.${host}.amazonaws.com/velro`,
        BACKUP_RECIPIENT: `age1${'q'.repeat(58)}`,
        DATABASE_URL: postgres('velro_app.ref').replace(
          /@[^/]+/,
          '@aws-0-eu-central-1.pooler.supabase.com:5432',
        ),
      }).warnings.filter((text) => text.includes('BACKUP_TARGET'));
    expect(set('eu-central-1')).toEqual([
      'BACKUP_TARGET is in the region of the database, eu-central-1: what takes the one takes the other.',
    ]);
    expect(set('eu-west-1')).toEqual([]);
  });

  it('takes one address for alerts beside a mail server', () => {
    const { mail } = production({ SMTP_URL: 'smtps://mail.example.net', ALERT_EMAIL: 'watch@example.net' });
    expect([mail.alertsTo?.reveal(), production().mail.alertsTo]).toEqual(['watch@example.net', null]);
  });

  it('accepts all three keys of Messenger', () => {
    const config = production({
      FACEBOOK_APP_SECRET: hexKey(),
      FACEBOOK_VERIFY_TOKEN: password(),
      FACEBOOK_PAGE_ACCESS_TOKEN: tokenSecret(),
    });
    expect(config.messenger?.page?.graphUrl).toBe('https://graph.facebook.com');
  });
});

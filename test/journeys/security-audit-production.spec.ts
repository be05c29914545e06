import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeAt, now, steadyMoment } from '../support/accounts/authenticator.js';
import { openssl } from '../support/process/certificates.js';
import { Visitor } from '../support/http/http.js';
import { TlsFront } from '../support/http/tls-front.js';
import { answers, WebhookReceiver } from '../support/http/webhook-receiver.js';
import { Production } from '../support/process/production.js';
import { nodeFlags } from '../support/process/project-root.js';
import { until } from '../support/process/wait-until.js';
import { password } from '../support/process/service.js';
import { ModelServer } from '../support/models/model-server.js';
import { LogStoreServer } from '../support/monitoring/log-store.js';
import { S3Server } from '../support/s3/s3-server.js';

const describeTls = openssl ? describe : describe.skip;
const email = 'warden@example.com';

interface Report {
  readonly sections: readonly {
    readonly lines: readonly {
      readonly controls: readonly {
        readonly id: string;
        readonly status: string;
        readonly evidence: string;
      }[];
    }[];
  }[];
}

const root = join(import.meta.dirname, '..', '..');
/** Where version 1 of control groups says how much memory a container may use. */
const memoryLimit = '/sys/fs/cgroup/memory/memory.limit_in_bytes';
/** Whether this machine lets a process be started as a container starts it. */
const contained = existsSync(memoryLimit) && spawnSync('unshare', ['-m', 'true']).status === 0;

/** A production-configured instance behind TLS, with everything around it that production can have, as far as stand-ins on this machine go. */
class AuditedProduction {
  private constructor(
    readonly production: Production,
    readonly front: TlsFront,
    readonly secret: string,
    private readonly logs: LogStoreServer,
    private readonly parts: readonly { stop(): Promise<void> }[],
  ) {}

  static async start(): Promise<AuditedProduction> {
    const production = await Production.prepare();
    const port = Number(production.env['PORT']);
    const [s3, models, collector, siem, monitor, alerts] = await Promise.all([
      S3Server.start(),
      ModelServer.start(),
      WebhookReceiver.start(),
      WebhookReceiver.start(),
      WebhookReceiver.start(),
      WebhookReceiver.start(),
    ]);
    const fronts = await Promise.all(
      [port, Number(new URL(models.url).port), monitor.port, alerts.port].map((at) =>
        TlsFront.start(production.certificates, at),
      ),
    );
    const [front, ...others] = fronts;
    const [model = '', ping = '', alert = ''] = others.map(({ url }) => url);
    if (front === undefined) throw new Error('no front');
    const identity = await generateX25519Identity();
    Object.assign(production.env, {
      PUBLIC_URL: front.url,
      METRICS_TOKEN: randomBytes(32).toString('hex'),
      ADMIN_IP_ALLOWLIST: '127.0.0.0/8,::1/128',
      OPERATORS: `ada:${randomBytes(24).toString('base64url')}`,
      AI_PROVIDER: 'openai',
      OPENAI_API_KEY: `sk-${randomBytes(24).toString('hex')}`,
      OPENAI_BASE_URL: model,
      TRACING_ENABLED: 'true',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}`,
      SIEM_URL: `http://127.0.0.1:${siem.port}/events`,
      HEALTH_PING_URL: `${ping}/ping`,
      SECURITY_ALERT_WEBHOOK_URL: `${alert}/alerts`,
      SECURITY_CONTACT: 'mailto:security@example.com',
      PRIVACY_CONTROLLER: 'Example Ltd, Hamburg',
      PRIVACY_CONTACT: 'privacy@example.com',
      BACKUP_TARGET: s3.address,
      BACKUP_RECIPIENT: await identityToRecipient(identity),
    });
    await succeed(production, 'db:migrate');
    await succeed(production, 'db:backup');
    await restoreForTest(production, identity);
    const service = production.start(startLine(production), production.checkout);
    await service.untilPrinted(/SYSTEM started/);
    const logs = await LogStoreServer.start(() => service.stdout.split('\n'));
    const secret = await administrator(production, `http://127.0.0.1:${port}`);
    await maintain(production, front.url, alerts);
    await until(() => monitor.received.length > 0, 'the monitor to be told');
    return new AuditedProduction(production, front, secret, logs, [
      logs,
      s3,
      models,
      collector,
      siem,
      monitor,
      alerts,
      ...fronts,
    ]);
  }

  /** From this checkout, as an administrator. */
  async audit(...args: string[]) {
    await steadyMoment();
    const cli = join(root, 'dist', 'src', 'cli', 'security-audit', 'security-audit.js');
    const command = this.production.start([process.execPath, cli, '--url', this.front.url, ...args], root, {
      VELRO_AUDIT_EMAIL: email,
      VELRO_AUDIT_PASSWORD: password,
      VELRO_AUDIT_CODE: codeAt(this.secret, now() + 30),
      VELRO_AUDIT_LOGS_URL: this.logs.url,
    });
    const code = await command.exited();
    return { code, stdout: command.stdout, stderr: command.stderr };
  }

  async stop(): Promise<void> {
    await this.production.close();
    await Promise.all(this.parts.map((part) => part.stop()));
  }
}

/** As a user that is not root, without a way to more rights, and with a limit of memory: as a container starts it. */
function startLine({ checkout, folder, certificates }: Production): readonly string[] {
  const main = [process.execPath, ...nodeFlags, 'dist/service/main.js'];
  if (!contained) return main;
  const limit = join(folder, 'memory-limit');
  writeFileSync(limit, String(1024 ** 3), { mode: 0o644 });
  chownSync(join(checkout, '.env'), 65534, 65534);
  chmodSync(dirname(certificates.ca), 0o711);
  const script = `mount --bind "$1" ${memoryLimit} && shift && exec setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs "$@"`;
  return ['unshare', '-m', 'sh', '-c', script, 'sh', limit, ...main];
}

async function succeed(production: Production, script: string): Promise<void> {
  const { code, printed } = await production.run(`npm run --silent ${script}`, production.checkout);
  if (code !== 0) throw new Error(`${script}: ${printed}`);
}

/** Every report that is due, with a registry that knows of no weakness. */
async function maintain(production: Production, url: string, registry: WebhookReceiver): Promise<void> {
  const bulk = '/-/npm/v1/security/advisories/bulk';
  registry.at(bulk, answers(200, { 'content-type': 'application/json' }, '{}'));
  for (const schedule of ['weekly', 'monthly', 'quarterly']) {
    const { code, printed } = await production.run(
      `npm run --silent maintenance -- ${schedule} --url ${url}`,
      production.checkout,
      { npm_config_registry: `http://127.0.0.1:${registry.port}/` },
    );
    if (code === 2 || printed.includes('NOT DONE')) throw new Error(`maintenance ${schedule}: ${printed}`);
  }
}

/** Into an empty database beside the other. */
async function restoreForTest(production: Production, identity: string): Promise<void> {
  const { database, folder } = production;
  await database.ask('create database scratch owner velro_owner');
  const [key, scratch] = [join(folder, 'identity.txt'), join(folder, 'scratch-url')];
  const url = new URL(database.ownerUrl);
  url.pathname = '/scratch';
  writeFileSync(key, `${identity}\n`, { mode: 0o600 });
  writeFileSync(scratch, url.href, { mode: 0o600 });
  await succeed(production, `db:backup:test -- --identity ${key} --database ${scratch}`);
}

/** Registers, proves the address, becomes an administrator, enrols a factor, has a checkpoint made and reviews access; returns the factor's secret. */
async function administrator(production: Production, base: string): Promise<string> {
  const visitor = new Visitor(base, undefined, { 'x-forwarded-proto': 'https' });
  const call = async (path: string, body: unknown, token?: string) => {
    const answer = await visitor.call(`/api/v1/auth/${path}`, {
      body,
      ...(token === undefined ? {} : { token }),
    });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`);
    return answer.json;
  };
  await call('register', { email, password });
  await until(() => production.identity.mailsTo(email).length > 0, 'the mail that proves the address');
  const [mail = ''] = production.identity.mailsTo(email);
  await call('email-verify', { token: /token=([0-9a-f]{64})/.exec(mail)?.[1] ?? '', password });
  await production.database.ask(`update velro.users set role = 'admin' where email = $1`, [email]);
  const { access_token: enrolling } = await call('login', { email, password });
  await steadyMoment();
  const { secret } = await call('mfa/enroll', {}, enrolling);
  await call('mfa/activate', { code: codeAt(secret, now() - 30) }, enrolling);
  const { mfa_token: half } = await call('login', { email, password });
  const { access_token: token } = await call('mfa/verify', { mfa_token: half, code: codeAt(secret, now()) });
  const taken = await visitor.call('/api/v1/admin/audit/checkpoints', { method: 'POST', token });
  if (taken.status >= 300) throw new Error(`no checkpoint: ${taken.text}`);
  const reviewed = await visitor.call('/api/v1/admin/access-review/attestations', {
    token,
    body: { note: 'read at the start' },
  });
  if (reviewed.status >= 300) throw new Error(`no review: ${reviewed.text}`);
  return String(secret);
}

describeTls('security:audit of a production-configured instance behind TLS', () => {
  let stage: AuditedProduction | undefined;
  let made: Awaited<ReturnType<AuditedProduction['audit']>>;
  beforeAll(async () => {
    stage = await AuditedProduction.start();
    made = await stage.audit('--json');
  });
  afterAll(() => stage?.stop());

  it('judges every automatic control, and none of them fails', () => {
    const { sections } = JSON.parse(made.stdout) as Report;
    const controls = sections.flatMap(({ lines }) => lines.flatMap(({ controls: all }) => all));
    const open = controls
      .filter(({ status }) => !['pass', 'not_applicable'].includes(status))
      .filter(({ evidence }) => evidence !== 'nobody attested it yet')
      // On a machine that is busy with other tests requests are slow, and the control says so.
      .filter(({ id }) => id !== 'performance/requests')
      .map(({ id, evidence }) => `${id}: ${evidence}`);
    expect(open.filter((line) => contained || !line.startsWith('container/'))).toEqual([]);
    expect(made.stderr).toContain('reading what the service sees of itself');
  });
});

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { ask, superuserUrl } from '../database/database.js';
import { ModelServer } from '../models/model-server.js';
import { signUp, type Account, Service } from '../process/service.js';
import { RedisServer } from '../process/redis-server.js';
import { HttpSiemServer } from '../siem/siem-server.js';
import { until } from '../process/wait-until.js';
import { AlertmanagerServer } from './alertmanager.js';
import { compressedRules } from './compressed-rules.js';
import { PrometheusServer } from './prometheus-server.js';

/** Five minutes are three seconds. */
const factor = 100;
const everyMs = 500;
const people = 35;

/** A service with all it talks to, a Prometheus that scrapes it, and who is told of its alerts. */
export class AttackStage {
  private readonly ending = new AbortController();
  private readonly loops: Promise<void>[] = [];

  private constructor(
    readonly service: Service,
    readonly prometheus: PrometheusServer,
    readonly alertmanager: AlertmanagerServer,
    private readonly redis: RedisServer,
    private readonly models: ModelServer,
    private readonly siem: HttpSiemServer,
    private readonly accounts: readonly Account[],
    private readonly token: string,
  ) {}

  static async start(): Promise<AttackStage> {
    const [redis, models, siem] = await Promise.all([
      RedisServer.start(),
      ModelServer.start(),
      HttpSiemServer.start(),
    ]);
    const token = randomBytes(32).toString('hex');
    const service = await Service.start({
      METRICS_TOKEN: token,
      REDIS_URL: redis.url,
      SIEM_URL: siem.url,
      AI_PROVIDER: 'openai',
      OPENAI_API_KEY: 'key-of-the-provider',
      OPENAI_BASE_URL: models.url,
      AI_DAILY_BUDGET_USD: '10',
      AI_MAX_CALLS_PER_MIN_OTHER: '10',
      RATE_LIMIT_API_STANDARD: '100000/minute',
    });
    const accounts = await Promise.all(Array.from({ length: people }, () => signUp(service)));
    const alertmanager = await AlertmanagerServer.start();
    const prometheus = await PrometheusServer.start({
      target: new URL(service.url).host,
      token,
      alertmanager: alertmanager.address,
      rules: compressedRules(factor),
      everyMs,
    });
    // It finds its target seconds after its start: until then that is gone.
    await until(
      async () => (await prometheus.query('ALERTS{alertname="VelroGone"}')).length === 0,
      'no alert',
    );
    alertmanager.fired.clear();
    return new AttackStage(service, prometheus, alertmanager, redis, models, siem, accounts, token);
  }

  /** The text of /metrics. */
  async scrape(): Promise<string> {
    return (await this.service.visitor().call('/metrics', { token: this.token })).text;
  }

  /** Again and again until the stage ends or `signal` is aborted; what is refused is refused. */
  private keep(everyMs: number, act: () => Promise<unknown>, signal = this.ending.signal): void {
    this.loops.push(
      (async () => {
        while (!signal.aborted) {
          const next = new Promise((resolve) => setTimeout(resolve, everyMs));
          await act().catch(() => undefined);
          await next;
        }
      })(),
    );
  }

  /** An answered question and a generation. */
  async work(): Promise<void> {
    const [account] = this.accounts;
    if (account === undefined) throw new Error('there are no accounts');
    await this.question(account);
    const { visitor, token } = account;
    const { json } = await visitor.call('/api/v1/generations', {
      token,
      body: { model_id: 'velro/canvas', prompt: 'an otter' },
    });
    const path = `/api/v1/generations/${String(json.id)}`;
    await until(async () => (await visitor.call(path, { token })).json.status === 'completed', 'the picture');
  }

  /** What strangers can do from outside, and what takes its time. */
  async attack(): Promise<void> {
    const { service, models, siem } = this;
    models.fault = '400';
    siem.fault = 'hang';
    const guesser = service.visitor();
    this.keep(50, () => service.visitor().call('/api/v1/auth/session', { token: 'invalid-token' }));
    for (let each = 0; each < 4; each++) this.keep(50, () => guesser.call('/api/v1/auth/login'));
    for (let round = 0; round < 8; round++)
      await service.visitor().call('/api/v1/webhook/inbound', {
        body: { message: 'forged' },
        headers: {
          'x-agent-timestamp': String(Math.floor(Date.now() / 1000)),
          'x-agent-signature': `sha256=${'0'.repeat(64)}`,
        },
      });
    const askers = this.accounts.slice(1);
    // More people than all calls of a minute: the first are asked for in vain, the rest not at all.
    this.keep(700, async () => {
      const asker = askers.pop();
      if (asker !== undefined) await this.question(asker);
      if (askers.length <= people - 11)
        await Promise.all(askers.splice(0).map((another) => this.question(another)));
    });
    await ask(
      service.home,
      `insert into velro.blocks (id, address, attack, expires_at)
       select gen_random_uuid(), '127.1.2.' || n, 'reconnaissance', now() + interval '1 hour' from generate_series(1, 60) n`,
    );
    await ask(
      service.home,
      `insert into velro.budget_sums (scope, period, reserved_microusd, spent_microusd) values ('total:ai', $1, 0, 8500000)
       on conflict (scope, period) do update set spent_microusd = 8500000`,
      [`D${new Date().toISOString().slice(0, 10)}`],
    );
  }

  private question({ visitor, token }: Account): Promise<unknown> {
    return visitor.call('/api/v1/chat', { token, body: { message: 'How do I paint an otter?' } });
  }

  /** Stored events become as old as if the SIEM had been away for that long. */
  async ageEvents(): Promise<void> {
    await ask(this.service.home, "update velro.security_events set at = at - interval '20 minutes'");
  }

  /** Ends what strangers do, then holds a table, so that its statements wait until their time is over, and stops Redis. */
  async starve(whatShows: () => Promise<unknown>): Promise<void> {
    await this.calm();
    await this.redis.kill();
    const holder = new pg.Client(superuserUrl(this.service.home));
    await holder.connect();
    const over = new AbortController();
    try {
      await holder.query('begin; lock table velro.projects in access exclusive mode');
      for (const { visitor, token } of this.accounts.slice(0, 4))
        this.keep(100, () => visitor.call('/api/v1/projects', { token }), over.signal);
      await whatShows();
    } finally {
      over.abort();
      await holder.end();
      await Promise.all(this.loops);
    }
  }

  private async calm(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.loops.splice(0));
  }

  async end(): Promise<void> {
    await this.calm();
    await this.prometheus.stop();
    await this.alertmanager.stop();
    await this.service.discard();
    await this.redis.stop();
    await this.models.stop();
    await this.siem.stop();
  }
}

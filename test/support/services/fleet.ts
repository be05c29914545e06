import { HostedSupabase } from '../supabase/hosted-supabase.js';
import { Line } from '../database/database-line.js';
import { appUrl } from '../database/database.js';
import { Visitor } from '../http/http.js';
import { ReadyProxy } from '../http/ready-proxy.js';
import { portBelowOutgoing } from '../process/free-port.js';
import { startSecond } from '../process/second-instance.js';
import { Service, type Account } from '../process/service.js';
import { until } from '../process/wait-until.js';

type Role = 'web' | 'worker';
type MemberEnvironment = Readonly<Record<string, string>> & { readonly PORT: string };

/** One instance of several at one database, which each reaches over a line of its own. */
export class Member {
  constructor(
    private readonly first: Service,
    private readonly env: MemberEnvironment,
    private readonly line: Line,
    public service: Service,
  ) {}

  static async start(role: Role, first: Service, common: Readonly<Record<string, string>>): Promise<Member> {
    const url = new URL(appUrl(first.home));
    const line = await Line.to(Number(url.port));
    url.port = String(line.port);
    const port = String(await portBelowOutgoing());
    const env = { ...common, ROLE: role, DATABASE_URL: url.href, PORT: port };
    return new Member(first, env, line, await Member.begin(first, env));
  }

  private static async begin(first: Service, env: MemberEnvironment): Promise<Service> {
    const service = await startSecond(first, env);
    // It prints that of the proxy.
    service.url = `http://127.0.0.1:${env.PORT}`;
    return service;
  }

  /** Kill -9 and a new start. */
  async restart(): Promise<void> {
    await this.service.discard();
    this.service = await Member.begin(this.first, this.env);
  }

  /** The process stands still meanwhile, as on a machine that is moved. */
  async paused(during: () => Promise<void>): Promise<void> {
    process.kill(this.service.pid, 'SIGSTOP');
    try {
      await during();
    } finally {
      process.kill(this.service.pid, 'SIGCONT');
    }
  }

  /** Nothing passes between it and the database meanwhile, and nobody is told. */
  async cutOff(during: () => Promise<void>): Promise<void> {
    this.line.freeze();
    try {
      await during();
    } finally {
      this.line.thaw();
    }
  }

  async stop(): Promise<void> {
    await this.service.discard();
    this.line.close();
  }
}

/** Instances that answer requests, behind a proxy that retries nothing, and instances that take jobs. */
export class Fleet {
  readonly webs: Member[] = [];
  readonly workers: Member[] = [];

  private constructor(
    /** Holds the database, and lets people sign up. */
    readonly first: Service,
    private readonly supabase: HostedSupabase,
    private readonly proxy: ReadyProxy,
  ) {}

  /** `count` of each role. The address of the proxy is the service's own (`PUBLIC_URL`). */
  static async start(count: number, more: Readonly<Record<string, string>>): Promise<Fleet> {
    const [supabase, proxy] = await Promise.all([HostedSupabase.start(), ReadyProxy.start()]);
    const env = { ...supabase.env, PUBLIC_URL: proxy.url, ...more };
    const port = String(await portBelowOutgoing());
    const first = await Service.start({ ...env, ROLE: 'web', PORT: port });
    first.url = `http://127.0.0.1:${port}`;
    const fleet = new Fleet(first, supabase, proxy);
    for (let place = 0; place < count; place++) {
      fleet.webs.push(await Member.start('web', first, env));
      fleet.workers.push(await Member.start('worker', first, env));
    }
    await fleet.areReady();
    return fleet;
  }

  /** A person whose requests go through the proxy from now on. */
  async signUp(): Promise<Account> {
    // To the proxy's instances all people have one address, and its limit of sign-ups.
    const account = await this.supabase.signUp(this.first);
    return { ...account, visitor: new Visitor(this.proxy.url) };
  }

  get objects(): HostedSupabase['storage']['objects'] {
    return this.supabase.storage.objects;
  }

  /** Tells the proxy where the instances are, and waits until it has found each of them ready. */
  async areReady(): Promise<void> {
    for (const [place, { service }] of this.webs.entries()) this.proxy.use(place, service.url);
    await until(() => this.proxy.ready === this.webs.length, 'ready instances');
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    for (const member of [...this.webs, ...this.workers]) await member.stop();
    await this.first.discard();
    await this.supabase.stop();
  }
}

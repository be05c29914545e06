import type { Answer } from '../http/http.js';
import { insist } from '../http/insist.js';
import { FalServer, type FalOptions } from './fal-server.js';
import { Service, signUp, type Account } from '../process/service.js';
import { until } from '../process/wait-until.js';

/** Waits for what has to come, on whatever machine. */
export const eventually = (condition: () => boolean | Promise<boolean>): Promise<number> =>
  until(condition, String(condition));

/** What points a service at a stand-in. */
export const falEnvironment = (fal: {
  readonly key: string;
  readonly queueUrl: string;
  readonly jwksUrl: string;
  readonly mediaHost: { readonly host: string } | string;
}): Record<string, string> => ({
  GENERATION_PROVIDER: 'fal',
  FAL_KEY: fal.key,
  FAL_QUEUE_URL: fal.queueUrl,
  FAL_JWKS_URL: fal.jwksUrl,
  FAL_MEDIA_HOSTS: typeof fal.mediaHost === 'string' ? fal.mediaHost : fal.mediaHost.host,
  RATE_LIMIT_GENERATION_CREATE: '100000/hour',
  RATE_LIMIT_API_STANDARD: '100000/minute',
  DEFAULT_USER_CREDITS: '100000',
});

/** A service whose pictures and videos come from a fal.ai of its own. */
export class FalService {
  private constructor(
    readonly fal: FalServer,
    public service: Service,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  static async start(options: FalOptions = {}, env: Record<string, string> = {}): Promise<FalService> {
    const fal = await FalServer.start(options);
    const all = { ...falEnvironment(fal), ...env };
    return new FalService(fal, await Service.start(all), all);
  }

  /** Stops it, and starts it again with what it has stored. Returns what the stopped one printed meanwhile. */
  async restart(): Promise<string> {
    const { home, printed: before } = this.service;
    if ((await this.service.stop({ keepHome: true })) !== 0) throw new Error('it was not stopped well');
    const printed = this.service.printed.slice(before.length);
    this.service = await Service.start(this.env, home);
    return printed;
  }

  async stop(): Promise<void> {
    await this.service.discard();
    await this.fal.stop();
  }

  signUp(): Promise<Account> {
    return signUp(this.service);
  }

  /** The job at the provider that a generation became; waits for it. */
  async jobOf(id: string): Promise<FalServer['jobs']['all'][number]> {
    const find = () => this.fal.jobs.all.find(({ webhookUrl }) => webhookUrl?.includes(id));
    await eventually(() => find() !== undefined);
    const job = find();
    if (job === undefined) throw new Error(`nothing was submitted for ${id}`);
    return job;
  }

  /** How often it was submitted. */
  submitsOf(id: string): number {
    return this.fal.jobs.all.filter(({ webhookUrl }) => webhookUrl?.includes(id)).length;
  }
}

/** What somebody does with generations. */
export class Customer {
  constructor(readonly account: Account) {}

  create(body: unknown, headers: Record<string, string> = {}) {
    return this.account.visitor.call('/api/v1/generations', { token: this.account.token, body, headers });
  }

  /** The id of a new generation. */
  async created(body: unknown): Promise<string> {
    const { status, json, text } = await insist(() => this.create(body));
    if (status !== 202) throw new Error(`create answered ${status}: ${text}`);
    return json.id;
  }

  get(path: string) {
    return this.account.visitor.call(`/api/v1${path}`, { token: this.account.token });
  }

  post(path: string, body: unknown = {}) {
    return this.account.visitor.call(`/api/v1${path}`, { token: this.account.token, body });
  }

  remove(path: string) {
    return this.account.visitor.call(`/api/v1${path}`, { method: 'DELETE', token: this.account.token });
  }

  async status(id: string): Promise<string> {
    return (await this.get(`/generations/${id}`)).json.status;
  }

  async balance(): Promise<{ balance: number; reserved: number }> {
    return (await this.get('/credits/balance')).json;
  }

  /** Waits for the end and returns the generation. */
  async ended(id: string): Promise<Answer['json']> {
    await this.account.visitor.events(`/api/v1/generations/${id}/events`, this.account.token);
    return (await this.get(`/generations/${id}`)).json;
  }
}

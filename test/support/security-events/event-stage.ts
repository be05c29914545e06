import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SecurityEventName, ThreatLevel } from '../../../src/observability/security-events.js';
import { administrator, codeAt, now, steadyMoment, type Administrator } from '../accounts/authenticator.js';
import type { Answer, Call, Visitor } from '../http/http.js';
import { until } from '../process/wait-until.js';
import {
  markerDirective,
  password,
  Service,
  signUp,
  type Account,
  type LogLine,
} from '../process/service.js';

/** One way to cause an event: what comes before it, and the one act after which exactly one line must stand. */
export interface EventRow {
  /** What follows `SECURITY-EVENT` in the line. */
  readonly text: string;
  readonly event: SecurityEventName;
  readonly level: ThreatLevel;
  /** What causes it, to tell rows of one text apart. */
  readonly by: string;
  readonly arrange: (stage: EventStage) => Promise<() => Promise<unknown>> | (() => Promise<unknown>);
}

/** A person with a second factor. */
export interface Enrolled {
  readonly account: Account;
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** From where operators and administrators may come. */
const allowedNetwork = '127.77.0.0/16';
const allowedAddress = '127.77.3.4';
const firstAdmin = { email: 'root@example.com', password: 'nine-slow-herons-mend-the-roof' };

/** A service that answers threats, takes administrators from one network and sends alerts to somebody who takes them. */
export class EventStage {
  private constructor(
    readonly service: Service,
    readonly admin: Administrator,
    private readonly receiver: Server,
  ) {}

  static async start(): Promise<EventStage> {
    const receiver = createServer((_request, response) => response.writeHead(204).end());
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const { port } = receiver.address() as AddressInfo;
    const service = await Service.start({
      THREAT_RESPONSES: 'enforce',
      ADMIN_IP_ALLOWLIST: allowedNetwork,
      DEFAULT_ADMIN_EMAIL: firstAdmin.email,
      DEFAULT_ADMIN_PASSWORD: firstAdmin.password,
      SECURITY_ALERT_WEBHOOK_URL: `http://127.0.0.1:${port}/`,
    });
    return new EventStage(service, await administrator(service, 'super_admin'), receiver);
  }

  async stop(): Promise<void> {
    await this.service.discard();
    this.receiver.closeAllConnections();
    await new Promise((resolve) => this.receiver.close(resolve));
  }

  person(): Promise<Account> {
    return signUp(this.service);
  }

  visitor(): Visitor {
    return this.service.visitor();
  }

  /** Somebody whom the allow-list lets through. */
  allowed(): Visitor {
    return this.service.visitor(allowedAddress);
  }

  asAdmin(path: string, call: Call = {}): Promise<Answer> {
    return this.allowed().call(`/api/v1/admin${path}`, { token: this.admin.token, ...call });
  }

  login({ email, visitor }: Account, word = password): Promise<Answer> {
    return visitor.call('/api/v1/auth/login', { body: { email, password: word } });
  }

  async enrolling(): Promise<{ account: Account; secret: string }> {
    const account = await this.person();
    const { json } = await asUser(account, '/auth/mfa/enroll', { method: 'POST' });
    return { account, secret: json.secret as string };
  }

  /** By the code of the step before, so that the present one is still unused. */
  async enrolled(): Promise<Enrolled> {
    const { account, secret } = await this.enrolling();
    await steadyMoment();
    const { json } = await asUser(account, '/auth/mfa/activate', {
      body: { code: codeAt(secret, now() - 30) },
    });
    return { account, secret, recoveryCodes: json.recovery_codes as string[] };
  }

  /** A sign-in by password, then with the code. */
  async halfSignedIn(account: Account): Promise<(code: string) => Promise<Answer>> {
    const { json } = await this.login(account);
    return (code) =>
      account.visitor.call('/api/v1/auth/mfa/verify', { body: { mfa_token: json.mfa_token, code } });
  }

  /** Runs the act and returns the lines of this text that it added, once everything before them is in the log. */
  async linesAfter(text: string, act: () => Promise<unknown>): Promise<LogLine[]> {
    const before = this.lines(text).length;
    await act();
    await until(() => this.lines(text).length > before, `a line "${text}"`);
    await this.service.logged();
    return this.lines(text).slice(before);
  }

  /** Lines of this text, without the markers. */
  private lines(text: string): LogLine[] {
    return this.service
      .lines()
      .filter(({ msg, directive }) => msg === `SECURITY-EVENT ${text}` && directive !== markerDirective);
  }
}

export const asUser = (account: Account, path: string, call: Call = {}): Promise<Answer> =>
  account.visitor.call(`/api/v1${path}`, { token: account.token, ...call });

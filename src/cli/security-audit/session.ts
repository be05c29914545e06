import { isLoopbackHost } from '../../../config/values/network-address.js';
import { CommandFailed } from '../command.js';
import type { Prober } from './probe.js';

const api = '/api/v1';

/** How an administrator signs in: by a token that is fresh, or by password and code. */
export type Credentials =
  { readonly token: string } | { readonly email: string; readonly password: string; readonly code: string };

/** A sign-in of an administrator, for as long as the audit lasts. */
export class Session {
  private constructor(
    private readonly prober: Prober,
    readonly token: string,
    private readonly isOurs: boolean,
  ) {}

  /** @throws CommandFailed when it is refused, and before anything is sent where it would be sent in the clear */
  static async begin(prober: Prober, credentials: Credentials): Promise<Session> {
    if (prober.address.protocol !== 'https:' && !isLoopbackHost(prober.address.hostname))
      throw new CommandFailed('credentials are sent over https alone, or to this machine');
    if ('token' in credentials) return new Session(prober, credentials.token, false);
    const { email, password, code } = credentials;
    const login = await prober.json({ method: 'POST', path: `${api}/auth/login`, json: { email, password } });
    const half = login.value['mfa_token'];
    if (login.status !== 200 || typeof half !== 'string') throw new CommandFailed(refusal(login.status));
    const whole = await prober.json({
      method: 'POST',
      path: `${api}/auth/mfa/verify`,
      json: { mfa_token: half, code },
    });
    const token = whole.value['access_token'];
    if (whole.status !== 200 || typeof token !== 'string') throw new CommandFailed(refusal(whole.status));
    return new Session(prober, token, true);
  }

  /** @throws CommandFailed when it is refused */
  async get(path: string): Promise<Record<string, unknown>> {
    const { status, value } = await this.prober.json({
      method: 'GET',
      path: `${api}${path}`,
      token: this.token,
    });
    if (status !== 200) throw new CommandFailed(`${String(status)} to GET ${path}`);
    return value;
  }

  /** @throws CommandFailed when it is refused */
  async post(path: string, json: unknown): Promise<Record<string, unknown>> {
    const { status, value } = await this.prober.json({
      method: 'POST',
      path: `${api}${path}`,
      token: this.token,
      json,
    });
    if (status >= 300) throw new CommandFailed(`${String(status)} to POST ${path}`);
    return value;
  }

  /** Ends what it began. */
  async end(): Promise<void> {
    if (!this.isOurs) return;
    await this.prober
      .json({ method: 'POST', path: `${api}/auth/logout`, token: this.token, json: { scope: 'this' } })
      .catch(() => undefined);
  }
}

const refusal = (status: number): string =>
  `the sign-in was refused (${String(status)}): it takes an administrator with a second factor`;

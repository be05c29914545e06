import { ClientServer, json, problem, type Behaviour } from './client-server.js';

export const refreshPath = '/api/v1/auth/refresh';
export const mePath = '/api/v1/auth/me';

export const user = {
  id: '00000000-0000-4000-8000-000000000001',
  email: 'ada@example.com',
  full_name: null,
  role: 'user',
  credits_balance: 10,
  mfa_enabled: false,
};

/**
 * Issues numbered pairs as the service does: a refresh token that was exchanged gives its successor again, and only the newest
 * access token is taken.
 */
export class TokenServer {
  private constructor(
    readonly server: ClientServer,
    private number: number,
  ) {}

  static async start(): Promise<TokenServer> {
    const tokens = new TokenServer(await ClientServer.start(), 1);
    tokens.server.on(mePath, tokens.guarded(json(200, user)));
    tokens.server.on(refreshPath, tokens.refreshing);
    return tokens;
  }

  /** The n-th pair, as an answer. */
  pair(number = this.number) {
    return {
      mfa_required: false,
      access_token: `access-${number}`,
      refresh_token: `refresh-${number}`,
      token_type: 'Bearer',
      expires_in: 900,
      user,
    };
  }

  /** Ends the access token that was issued last. */
  expire(): void {
    this.isExpired = true;
  }
  private isExpired = false;

  /** 401 `token_invalid`, unless the request has the newest access token. */
  guarded(then: Behaviour): Behaviour {
    return (...call) => {
      const isGood = !this.isExpired && call[1].headers.authorization === `Bearer access-${this.number}`;
      (isGood ? then : problem(401, 'token_invalid'))(...call);
    };
  }

  /** Exchanges the newest refresh token, and its parent as long as the successor was not exchanged. */
  readonly refreshing: Behaviour = (...call) => {
    const { refresh_token: token } = JSON.parse(call[1].body.toString()) as { refresh_token: string };
    if (token === `refresh-${this.number}`) {
      this.number++;
      this.isExpired = false;
    } else if (token !== `refresh-${this.number - 1}`) {
      problem(401, 'refresh_token_invalid')(...call);
      return;
    }
    json(200, this.pair())(...call);
  };

  get refreshes(): number {
    return this.server.of(refreshPath).length;
  }
}

import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface HostedUser {
  readonly id: string;
  email: string;
  /** None for a social login. */
  password: string | null;
  confirmed: boolean;
  banned: boolean;
  /** The linked social login, with the address that its provider has verified. */
  social: object | null;
}

interface HostedMail {
  /** The address at the time; its owner is found by the id, as hosted Supabase does. */
  readonly to: string;
  readonly userId: string;
  readonly type: 'signup' | 'recovery';
  readonly token: string;
}

interface Reply {
  readonly status: number;
  readonly body?: unknown;
}

const refusal = (status: number, code: string): Reply => ({
  status,
  body: { code: status, error_code: code, msg: code },
});
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * A stand-in for hosted Supabase Auth, with what the embedded provider does not do: it keeps the first password of an
 * unconfirmed account, issues tokens of social logins, has the admin calls, and counts the sessions that are left open.
 */
export class HostedAuth {
  readonly secretKey = `sb_secret_${randomBytes(16).toString('hex')}`;
  readonly mails: HostedMail[] = [];
  readonly users: HostedUser[] = [];
  /** Method and path of every request, in order. */
  readonly asked: string[] = [];
  /** Every answer is a failure of the provider. */
  away = false;
  /** A gateway before it answers that there is no such route. */
  isMisrouted = false;
  /** Links that stopped working before they were used. */
  private readonly ended = new Set<string>();
  private readonly sessions = new Map<string, HostedUser>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<HostedAuth> {
    const server = createServer((request, response) => {
      auth
        .answer(request)
        .then(({ status, body }) => {
          response
            .writeHead(status, { 'content-type': 'application/json' })
            .end(body === undefined ? '' : JSON.stringify(body));
        })
        .catch(() => {
          response.writeHead(500).end();
        });
    });
    const auth = new HostedAuth(server);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return auth;
  }

  /** What makes a service use it. */
  get env(): Record<string, string> {
    return {
      SUPABASE_URL: this.url,
      SUPABASE_PUBLISHABLE_KEY: `sb_publishable_${'a'.repeat(32)}`,
      SUPABASE_SECRET_KEY: this.secretKey,
    };
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Sessions that were opened here and not signed out. */
  get openSessions(): number {
    return this.sessions.size;
  }

  /** What the links of the mails to an address carry, oldest first. */
  tokensTo(address: string, type: HostedMail['type'] = 'signup'): string[] {
    return this.mails.filter((mail) => mail.to === address && mail.type === type).map(({ token }) => token);
  }

  find(email: string): HostedUser | undefined {
    return this.users.find((user) => user.email === email);
  }

  /** Signs in without a password, as a browser does by a provider or a link; `method` stands in the token's `amr`. */
  login(email: string, method: string, verified = email): string {
    const user = this.find(email) ?? this.add(email, null);
    user.confirmed = true;
    if (method === 'oauth' && user.social === null)
      user.social = { provider: 'google', identity_data: { email: verified, email_verified: true } };
    return this.session(user, method).access_token;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private add(email: string, password: string | null): HostedUser {
    const user: HostedUser = {
      id: randomUUID(),
      email,
      password,
      confirmed: false,
      banned: false,
      social: null,
    };
    this.users.push(user);
    return user;
  }

  private mail({ id, email }: HostedUser, type: HostedMail['type']): void {
    this.mails.push({ to: email, userId: id, type, token: randomBytes(28).toString('hex') });
  }

  /** A link that is made by the admin call replaces those of its kind. */
  private endLinks(id: string, type: HostedMail['type']): void {
    for (const mail of this.mails.filter(({ userId, type: kind }) => userId === id && kind === type))
      this.ended.add(mail.token);
  }

  private mailIf(
    email: string | undefined,
    type: HostedMail['type'],
    condition: (user: HostedUser) => boolean,
  ): void {
    const user = this.find(email ?? '');
    if (user !== undefined && condition(user)) this.mail(user, type);
  }

  private shown(user: HostedUser): object {
    const { id, email, confirmed } = user;
    const at = '2026-01-01T00:00:00Z';
    return {
      id,
      email,
      aud: 'authenticated',
      role: 'authenticated',
      created_at: at,
      app_metadata: {},
      user_metadata: {},
      is_anonymous: false,
      ...(confirmed ? { email_confirmed_at: at } : {}),
      identities: user.social === null ? [] : [user.social],
      ...(user.banned ? { banned_until: '2099-01-01T00:00:00Z' } : {}),
    };
  }

  private session(user: HostedUser, method: string) {
    const now = Math.floor(Date.now() / 1000);
    const claims = { sub: user.id, exp: now + 3600, iat: now, amr: [{ method, timestamp: now }] };
    const token = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${randomBytes(32).toString('base64url')}`;
    this.sessions.set(token, user);
    return {
      access_token: token,
      refresh_token: randomBytes(12).toString('hex'),
      token_type: 'bearer',
      expires_in: 3600,
      expires_at: now + 3600,
      user: this.shown(user),
    };
  }

  private async answer(request: IncomingMessage): Promise<Reply> {
    if (this.isMisrouted) return { status: 404, body: { message: 'no Route matched with those values' } };
    if (this.away) return refusal(500, 'unexpected_failure');
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const path = pathname.replace('/auth/v1', '');
    this.asked.push(`${request.method ?? ''} ${path}`);
    const parts: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) parts.push(chunk);
    const text = Buffer.concat(parts).toString();
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, string | undefined>;
    const bearer = (request.headers.authorization ?? '').replace('Bearer ', '');
    if (path.startsWith('/admin/'))
      return bearer === this.secretKey
        ? this.administer(request.method ?? '', path, body)
        : refusal(401, 'no_authorization');
    switch (path) {
      case '/signup':
        return this.signUp(body['email'] ?? '', body['password'] ?? '');
      case '/token':
        return searchParams.get('grant_type') === 'password'
          ? this.signIn(body['email'] ?? '', body['password'] ?? '')
          : refusal(400, 'bad_request');
      case '/verify':
        return this.verify(body['token_hash'] ?? '', body['type'] ?? '');
      case '/recover':
        this.mailIf(body['email'], 'recovery', () => true);
        return { status: 200, body: {} };
      case '/resend':
        this.mailIf(body['email'], 'signup', ({ confirmed }) => !confirmed);
        return { status: 200, body: {} };
      case '/user':
        return this.ofSession(bearer, request.method ?? '', body);
      case '/logout':
        this.sessions.delete(bearer);
        return { status: 204 };
      default:
        return refusal(404, 'not_found');
    }
  }

  private signUp(email: string, password: string): Reply {
    const present = this.find(email);
    if (present?.confirmed === true)
      return { status: 200, body: { ...this.shown(present), id: randomUUID() } };
    // The first password of an unconfirmed account stays.
    const user = present ?? this.add(email, password);
    this.mail(user, 'signup');
    return { status: 200, body: this.shown(user) };
  }

  private signIn(email: string, password: string): Reply {
    const user = this.find(email);
    if (user === undefined || user.password === null || user.password !== password)
      return refusal(400, 'invalid_credentials');
    if (user.banned) return refusal(400, 'user_banned');
    if (!user.confirmed) return refusal(400, 'email_not_confirmed');
    return { status: 200, body: this.session(user, 'password') };
  }

  private verify(token: string, type: string): Reply {
    const at = this.mails.findIndex((mail) => mail.token === token && mail.type === type);
    const [mail] = at < 0 ? [] : this.mails.splice(at, 1);
    const user = this.users.find(({ id }) => id === mail?.userId);
    if (mail === undefined || user === undefined || this.ended.has(token)) return refusal(403, 'otp_expired');
    user.confirmed = true;
    return { status: 200, body: this.session(user, 'otp') };
  }

  private ofSession(bearer: string, method: string, body: Record<string, string | undefined>): Reply {
    const user = this.sessions.get(bearer);
    if (user === undefined || !this.users.includes(user)) return refusal(403, 'bad_jwt');
    if (method === 'PUT') {
      const { password } = body;
      if (password === user.password) return refusal(422, 'same_password');
      if (password !== undefined) user.password = password;
    }
    return { status: 200, body: this.shown(user) };
  }

  private administer(method: string, path: string, body: Record<string, string | undefined>): Reply {
    if (path === '/admin/generate_link') {
      const user = this.find(body['email'] ?? '');
      if (user === undefined) return refusal(404, 'user_not_found');
      this.endLinks(user.id, 'recovery');
      return {
        status: 200,
        body: {
          ...this.shown(user),
          hashed_token: randomBytes(28).toString('hex'),
          verification_type: 'recovery',
        },
      };
    }
    if (method === 'POST') {
      if (this.find(body['email'] ?? '') !== undefined) return refusal(422, 'email_exists');
      const user = this.add(body['email'] ?? '', body['password'] ?? null);
      user.confirmed = true;
      return { status: 200, body: this.shown(user) };
    }
    const user = this.users.find(({ id }) => path === `/admin/users/${id}`);
    if (method === 'DELETE' && user !== undefined) {
      this.users.splice(this.users.indexOf(user), 1);
      for (const [token, holder] of this.sessions) if (holder === user) this.sessions.delete(token);
      return { status: 200, body: {} };
    }
    const { email } = body;
    if (method === 'PUT' && user !== undefined && email !== undefined) {
      const holder = this.find(email);
      if (holder !== undefined && holder !== user) return refusal(422, 'email_exists');
      user.email = email;
      user.confirmed = true;
    }
    return user === undefined ? refusal(404, 'user_not_found') : { status: 200, body: this.shown(user) };
  }
}

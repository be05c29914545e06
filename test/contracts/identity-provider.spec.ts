import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Secret } from '../../config/values/secret.js';
import { SupabaseIdentity } from '../../src/adapters/supabase/supabase-identity.js';
import { IdentityUnavailable } from '../../src/ports/identity-provider.js';

const user = {
  id: '6e2c8f4e-3f5b-4b0e-9a0e-7d0f5b1c2a3d',
  email: 'ada@example.com',
  aud: 'authenticated',
  app_metadata: {},
  user_metadata: {},
  created_at: '2026-01-01T00:00:00Z',
};
const session = { access_token: 'a.b.c', refresh_token: 'r', token_type: 'bearer', expires_in: 3600, user };

describe('Supabase Auth as the identity provider', () => {
  let server: Server;
  let identity: SupabaseIdentity;
  let answer: { status: number; body: unknown } | 'hang' | 'reset' | 'garbage' | 'redirect' = 'hang';
  let seen: { url: string; headers: IncomingHttpHeaders; body: string }[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => {
        seen.push({ url: request.url ?? '', headers: request.headers, body });
        if (answer === 'hang') return;
        if (answer === 'reset') request.socket.resetAndDestroy();
        else if (answer === 'garbage')
          response.writeHead(200, { 'content-type': 'application/json' }).end('<html>');
        else if (answer === 'redirect') response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
        else
          response
            .writeHead(answer.status, { 'content-type': 'application/json' })
            .end(JSON.stringify(answer.body));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    identity = new SupabaseIdentity(`http://127.0.0.1:${port}`, new Secret('sb_secret_test'), 400);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const both = (): Promise<unknown>[] => [
    identity.signUp('ada@example.com', 'hash', '198.51.100.4'),
    identity.signIn('ada@example.com', 'hash', '198.51.100.4'),
  ];

  it('has removed an account that it does not have; whatever else it answers is no removal', async () => {
    answer = { status: 404, body: { code: 404, error_code: 'user_not_found', msg: 'User not found' } };
    await expect(identity.remove(user.id, '198.51.100.4')).resolves.toBeUndefined();
    const failures = [
      { status: 404, body: { message: 'no Route matched with those values' } },
      { status: 401, body: { code: 401, error_code: 'no_authorization' } },
      { status: 500, body: {} },
      // It says that it removed what it still has.
      { status: 200, body: user },
    ] as const;
    for (const failure of [...failures, 'hang', 'reset', 'garbage', 'redirect'] as const) {
      answer = failure;
      await expect(identity.remove(user.id, '198.51.100.4')).rejects.toThrow(IdentityUnavailable);
    }
  });

  it('is called for another mail of a sign-up by its own endpoint', async () => {
    seen = [];
    answer = { status: 200, body: {} };
    await identity.resendConfirmation('ada@example.com', '198.51.100.4');
    expect(seen.map(({ url, body }) => [url.split('?')[0], JSON.parse(body)])).toEqual([
      ['/auth/v1/resend', expect.objectContaining({ type: 'signup', email: 'ada@example.com' })],
    ]);
  });

  it('is sent the address of the client once, with the secret key', async () => {
    seen = [];
    answer = { status: 200, body: session };
    expect(await identity.signIn('ada@example.com', 'hash', '198.51.100.4')).toEqual({
      outcome: 'accepted',
      identity: { id: user.id, email: user.email },
    });
    expect(seen.map(({ headers, url }) => [headers['sb-forwarded-for'], headers['apikey'], url])).toEqual([
      ['198.51.100.4', 'sb_secret_test', '/auth/v1/token?grant_type=password'],
    ]);
    expect(JSON.parse(seen[0]?.body ?? '{}')).toMatchObject({ email: 'ada@example.com', password: 'hash' });
  });

  it.each([
    ['a wrong password', 400, 'invalid_credentials'],
    ['an address not confirmed', 400, 'email_not_confirmed'],
  ])('refuses %s', async (_title, status, code) => {
    answer = { status, body: { code: status, error_code: code, msg: 'no' } };
    expect(await identity.signIn('ada@example.com', 'hash', '198.51.100.4')).toEqual({ outcome: 'refused' });
  });

  it.each([
    [
      'signs up',
      { status: 200, body: session },
      { outcome: 'created', identity: { id: user.id, email: user.email } },
    ],
    ['sends a mail', { status: 200, body: user }, { outcome: 'confirmation_sent' }],
    [
      'has sent one a moment ago',
      { status: 429, body: { code: 429, error_code: 'over_email_send_rate_limit', msg: 'later' } },
      { outcome: 'confirmation_sent' },
    ],
    [
      'knows the address',
      { status: 422, body: { code: 422, error_code: 'user_already_exists', msg: 'known' } },
      { outcome: 'exists' },
    ],
  ])('%s', async (_title, given, outcome) => {
    answer = given;
    expect(await identity.signUp('ada@example.com', 'hash', '198.51.100.4')).toEqual(outcome);
  });

  it.each(['hang', 'reset', 'garbage', 'redirect'] as const)(
    'that answers with a %s cannot be asked now, and lets nobody in',
    async (fault) => {
      answer = fault;
      for (const outcome of await Promise.allSettled(both()))
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(IdentityUnavailable) });
    },
  );

  it.each([500, 502, 503, 429, 401, 403])(
    'that answers %i cannot be asked now, and lets nobody in',
    async (status) => {
      answer = { status, body: { code: status, error_code: 'unexpected_failure', msg: 'no' } };
      for (const outcome of await Promise.allSettled(both()))
        expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(IdentityUnavailable) });
    },
  );

  const tokenWith = (claims: object): string =>
    `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`;
  const social = { amr: [{ method: 'oauth', timestamp: 1 }] };

  it.each([
    ['a social login', social, true],
    ['a login by a mail', { amr: [{ method: 'otp', timestamp: 1 }] }, true],
    ['a login by a mail, and a social one', { amr: [{ method: 'otp' }, { method: 'oauth' }] }, true],
    ['a password', { amr: [{ method: 'password', timestamp: 1 }] }, false],
    ['a password and a social login', { amr: [{ method: 'oauth' }, { method: 'password' }] }, false],
    ['an anonymous visit', { amr: [{ method: 'anonymous' }] }, false],
    ['a method nobody knows', { amr: [{ method: 'telepathy' }] }, false],
    ['nothing that it names', {}, false],
    ['an empty list', { amr: [] }, false],
    ['a list that is none', { amr: 'oauth' }, false],
  ])('accepts a token of a login by %s: %p', async (_title, claims, accepted) => {
    answer = { status: 200, body: user };
    const outcome = await identity.verifyToken(tokenWith(claims), '198.51.100.4');
    expect(outcome).toEqual(
      accepted
        ? {
            outcome: 'accepted',
            identity: { id: user.id, email: user.email },
            provenAt: JSON.stringify(claims).includes('timestamp') ? 1 : 0,
            // A mail proves its address; a social login alone says nothing about it.
            provesAddress: JSON.stringify(claims).includes('otp'),
          }
        : { outcome: 'refused' },
    );
  });

  it.each([
    ['another', { email: 'somebody@example.com', email_verified: true }, false],
    ['the same, not verified,', { email: user.email, email_verified: false }, false],
    ['the same, in other case,', { email: 'ADA@Example.com', email_verified: true }, true],
  ])(
    'takes a social login whose provider knows %s address as proof of it: %#',
    async (_title, data, proves) => {
      answer = {
        status: 200,
        body: {
          ...user,
          identities: [{ id: '1', user_id: user.id, provider: 'google', identity_data: data }],
        },
      };
      expect(await identity.verifyToken(tokenWith(social), '198.51.100.4')).toMatchObject({
        outcome: 'accepted',
        provesAddress: proves,
      });
    },
  );

  it('refuses a banned user, whatever the token claims', async () => {
    answer = { status: 200, body: { ...user, banned_until: '2999-01-01T00:00:00Z' } };
    expect(await identity.verifyToken(tokenWith(social), '198.51.100.4')).toEqual({ outcome: 'refused' });
  });

  it('refuses an anonymous user, whatever the token claims', async () => {
    answer = { status: 200, body: { ...user, is_anonymous: true } };
    expect(await identity.verifyToken(tokenWith(social), '198.51.100.4')).toEqual({ outcome: 'refused' });
  });

  it('refuses a token that the provider refuses, whatever it claims', async () => {
    answer = { status: 403, body: { code: 403, error_code: 'bad_jwt', msg: 'no' } };
    expect(await identity.verifyToken(tokenWith(social), '198.51.100.4')).toEqual({ outcome: 'refused' });
  });

  it('accepts no sign-in when it answers 200 without a user', async () => {
    answer = { status: 200, body: {} };
    const outcomes = await Promise.allSettled(both());
    expect(JSON.stringify(outcomes)).not.toMatch(/accepted|created/);
  });
});

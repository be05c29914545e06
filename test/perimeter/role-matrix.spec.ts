import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { scopes } from '../../config/policy/accounts/scopes.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { operatorOf } from '../support/accounts/operator.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';
import { signingSecret, withClaims } from '../support/tokens/forged-tokens.js';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly access:
    | { readonly kind: 'open' }
    | { readonly kind: 'operator' }
    | { readonly kind: 'signed-in'; readonly roles: readonly string[] };
  readonly stepUp: boolean;
  readonly scope: string | null;
}

type SignedInRoute = Route & { readonly access: { readonly kind: 'signed-in' } };
const isSignedIn = (route: Route): route is SignedInRoute => route.access.kind === 'signed-in';

const roles = ['user', 'viewer', 'admin', 'super_admin', 'enrolling'] as const;
const refusals = [
  'forbidden',
  'mfa_enrolment_required',
  'step_up_required',
  'token_missing',
  'token_invalid',
];

/** Of a problem, or of an error in OpenAI's shape, which has one name for a missing and an invalid token. */
const codeOf = (json: { code?: unknown; error?: { code?: unknown } } | null): unknown => {
  const code = json?.code ?? json?.error?.code;
  return code === 'invalid_api_key' ? 'token_missing' : code;
};

describe('every route with every role', () => {
  let service: Service;
  let routes: Route[];
  let owner: Account;
  let owned: Record<string, string>;
  let secret: string;
  const people = new Map<string, Account>();
  beforeAll(async () => {
    service = await sharedService();
    const cli = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'routes.js');
    const { stdout } = await promisify(execFile)(process.execPath, [cli, '--json'], {
      env: { ENVIRONMENT: 'test', VELRO_HOME: service.home, PATH: process.env['PATH'] ?? '' },
    });
    routes = JSON.parse(stdout) as Route[];
    secret = signingSecret(service.home);
    for (const role of roles) {
      const account = await signUp(service);
      people.set(role, account);
      if (role !== 'enrolling')
        await ask(service.home, 'update velro.users set role = $2 where id = $1', [account.id, role]);
    }
    owner = await signUp(service);
    const { json } = await owner.visitor.call('/api/v1/generations', {
      token: owner.token,
      body: { model_id: 'velro/canvas', prompt: 'fog', parameters: { width: 256, height: 256 } },
    });
    await owner.visitor.events(`/api/v1/generations/${String(json.id)}/events`, owner.token);
    const [session] = await ask<{ id: string }>(
      service.home,
      'select id from velro.sessions where user_id = $1',
      [owner.id],
    );
    const key = await owner.visitor.call('/api/v1/api-keys', {
      token: owner.token,
      body: { name: 'matrix', scopes: ['account:read'] },
    });
    const project = await owner.visitor.call('/api/v1/projects', {
      token: owner.token,
      body: { name: 'matrix' },
    });
    const [file] = await ask<{ id: string }>(service.home, 'select id from velro.files where user_id = $1', [
      owner.id,
    ]);
    const chat = await owner.visitor.call('/api/v1/chat', {
      token: owner.token,
      body: { message: 'Hello.' },
    });
    const endpoint = await owner.visitor.call('/api/v1/webhook-endpoints', {
      token: owner.token,
      body: { url: 'https://hooks.example.com/', event_types: ['generation.completed'] },
    });
    const upload = await owner.visitor.call('/api/v1/storage/uploads', {
      method: 'POST',
      token: owner.token,
      headers: tus,
    });
    const taken = await owner.visitor.call('/api/v1/privacy/export', { method: 'POST', token: owner.token });
    owned = {
      export: taken.json.id as string,
      uploads: String(upload.headers.location).split('/').at(-1) ?? '',
      chat: chat.json.conversation_id as string,
      conversations: chat.json.conversation_id as string,
      generations: json.id as string,
      projects: project.json.id as string,
      files: file?.id ?? '',
      sessions: session?.id ?? '',
      'api-keys': key.json.id as string,
      'webhook-endpoints': endpoint.json.id as string,
    };
  });
  afterAll(async () => {
    await service.discard();
  });

  /** A token of a person with a role and an age that the person need not have. */
  const tokenOf = (account: Account, role: string, { stale = false } = {}): string => {
    const authTime = Math.floor(Date.now() / 1000) - (stale ? 3600 : 0);
    return withClaims(secret, account.token, { role, sid: randomUUID(), auth_time: authTime });
  };

  const tus = {
    'tus-resumable': '1.0.0',
    'upload-offset': '0',
    'upload-length': '10',
    'upload-metadata': `filename ${btoa('matrix.txt')},filetype ${btoa('text/plain')}`,
  };
  const offsetBody = { 'content-type': 'application/offset+octet-stream' };
  const nobody = '00000000-0000-4000-8000-000000000000';
  /** Of routes that look at their input before they look for its id. */
  const bodies: Readonly<Record<string, unknown>> = {
    '/api/v1/conversations/:id': { title: 'matrix' },
    '/api/v1/webhook-endpoints/:id/redeliver': { since: '2026-11-27T20:00:00Z' },
  };
  /** Streams are asked for their head: their body has no end. */
  const isHead = (route: Route): boolean => route.path.endsWith('/:id/events') || route.method === 'HEAD';
  const call = (route: Route, token: string | null, id = nobody) => {
    const isResumable = route.path.startsWith('/api/v1/storage/uploads');
    const hasBody = !['GET', 'HEAD', 'DELETE'].includes(route.method);
    return service.visitor().call(route.path.replace(/:id\b/, id).replace(':file', '0.png'), {
      method: isHead(route) ? 'HEAD' : route.method,
      ...(token === null ? {} : { token }),
      ...(hasBody && !isResumable ? { body: bodies[route.path] ?? {} } : {}),
      ...(isResumable ? { headers: route.method === 'PATCH' ? { ...tus, ...offsetBody } : tus } : {}),
      ...(isResumable && route.method === 'PATCH' ? { raw: 'x' } : {}),
    });
  };

  it('has routes of each kind, so that the tests below are not vacuous', () => {
    expect(routes.length).toBeGreaterThan(25);
    for (const kind of ['open', 'operator', 'signed-in'])
      expect(routes.some(({ access }) => access.kind === kind)).toBe(true);
    expect(
      routes.some(({ access }) => access.kind === 'signed-in' && access.roles.includes('enrolling')),
    ).toBe(true);
    expect(routes.some(({ stepUp }) => stepUp)).toBe(true);
    expect([...new Set(routes.map(({ scope }) => scope))].sort()).toEqual(
      [...scopes, 'visitor', null].sort(),
    );
  });

  /** What each route that is not open answers the key: "opened" where what refused, if anything did, is the route itself. */
  const walk = async (key: string): Promise<unknown[]> => {
    const seen: unknown[] = [];
    for (const route of routes) {
      if (route.access.kind !== 'signed-in') continue;
      const { json, status } = await call(route, key);
      // The answer to a HEAD has no body.
      const code = isHead(route) && status === 403 ? 'refused' : codeOf(json);
      const isGuards = status === 403 || status === 401 || status === 429 || status >= 500;
      seen.push([route.method, route.path, isGuards ? `${status} ${String(code)}` : 'opened']);
    }
    return seen;
  };
  const keyOf = async (account: Account, scope: string): Promise<string> => {
    const { json } = await account.visitor.call('/api/v1/api-keys', {
      token: account.token,
      body: { name: scope, scopes: [scope] },
    });
    return json.key as string;
  };

  it.each(scopes)('a key with the scope %s can call the routes that name it and no others', async (scope) => {
    const seen = await walk(await keyOf(await signUp(service), scope));
    const expected = routes.filter(isSignedIn).map((route) => {
      const { method, path, access, scope: needed } = route;
      const admitted = access.roles.length === 0 || access.roles.includes('user');
      const refusal = isHead(route) ? 'refused' : admitted ? 'scope_missing' : 'forbidden';
      return [method, path, needed === scope ? 'opened' : `403 ${refusal}`];
    });
    expect(seen).toEqual(expected);
  });

  it('a request without a token can call the open routes and no others', async () => {
    for (const route of routes) {
      const { json, status } = await call(route, null);
      const missing = codeOf(json) === 'token_missing' || (isHead(route) && status === 401);
      expect([route.method, route.path, missing]).toEqual([
        route.method,
        route.path,
        route.access.kind === 'signed-in',
      ]);
    }
  });

  it('the routes of the operator accept Basic auth only: no token of any role, and no key', async () => {
    const ops = routes.filter(({ access }) => access.kind === 'operator');
    expect(ops.length).toBeGreaterThan(1);
    const tokens = [...people].map(([role, account]) => tokenOf(account, role));
    const key = await keyOf(await signUp(service), 'account:read');
    for (const route of ops) {
      for (const token of [null, ...tokens, key]) {
        const { status, headers } = await call(route, token);
        expect([route.path, status, headers['www-authenticate']]).toEqual([
          route.path,
          401,
          'Basic realm="velro-ops", charset="UTF-8"',
        ]);
      }
      const { status } = await service.visitor().call(route.path, {
        method: route.method,
        headers: operatorOf(service),
        ...(route.path === '/ops/ai/toggle' ? { body: { enabled: true } } : {}),
      });
      expect([route.path, status]).toEqual([route.path, 200]);
    }
  });

  it('the operator can call no other route', async () => {
    for (const route of routes.filter(isSignedIn)) {
      const { status } = await service
        .visitor()
        .call(route.path.replace(/:id\b/, nobody), { method: route.method, headers: operatorOf(service) });
      expect([route.method, route.path, status]).toEqual([route.method, route.path, 401]);
    }
  });

  it.each(roles)('the role %s can call the routes declared for it and no others', async (role) => {
    const account = people.get(role);
    if (account === undefined) throw new Error('nobody has this role');
    for (const route of routes) {
      if (!isSignedIn(route)) continue;
      const named = route.access.roles;
      const admitted = named.length === 0 ? role !== 'enrolling' : named.includes(role);
      const { json, status } = await call(route, tokenOf(account, role));
      const refused = refusals.includes(String(codeOf(json))) || (isHead(route) && status === 403);
      expect([route.method, route.path, status < 500, !refused]).toEqual([
        route.method,
        route.path,
        true,
        admitted,
      ]);
    }
  });

  it('step-up is required where that is declared, for every role', async () => {
    for (const route of routes.filter(({ stepUp }) => stepUp)) {
      const account = people.get('super_admin');
      if (account === undefined) throw new Error('nobody has this role');
      const { status, json } = await call(route, tokenOf(account, 'super_admin', { stale: true }));
      expect([route.path, status, json.code]).toEqual([route.path, 401, 'step_up_required']);
    }
  });

  it('an id of another account is not found, for every role', async () => {
    // Administrators look after other people's accounts: that is what their routes are for.
    // Models and agents are nobody's.
    const withId = routes.filter(
      ({ path, access }) =>
        path.includes(':id') && !/\/(?:admin|models|agents)\//.test(path) && access.kind === 'signed-in',
    );
    expect(withId.length).toBeGreaterThan(3);
    const strangers: (readonly [string, Account])[] = [];
    for (const role of ['user', 'admin', 'super_admin']) strangers.push([role, await signUp(service)]);
    for (const route of withId) {
      const id = Object.entries(owned).find(([noun]) => route.path.includes(`/${noun}/`))?.[1];
      expect([route.path, typeof id]).toEqual([route.path, 'string']);
      for (const [role, eve] of strangers) {
        const { status } = await call(route, tokenOf(eve, role), id);
        // Ids that clients make are unique per owner: a stranger's is simply free, and nothing is being answered there.
        const expected = /\/(chat|conversations)\/:id\/stream$/.test(route.path) ? 204 : 404;
        expect([route.method, route.path, role, status]).toEqual([route.method, route.path, role, expected]);
      }
    }
    expect(
      (await owner.visitor.call(`/api/v1/generations/${owned['generations'] ?? ''}`, { token: owner.token }))
        .json.status,
    ).toBe('completed');
  });
});

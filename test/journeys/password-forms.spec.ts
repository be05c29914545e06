import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database.js';
import { password, Service, signUp } from '../support/service.js';
import { SupabaseBeside } from '../support/supabase-beside.js';

const pepper = (): string => randomBytes(32).toString('base64');
const login = async (service: Service, email: string, word = password): Promise<number> =>
  (await service.visitor().call('/api/v1/auth/login', { body: { email, password: word } })).status;

describe('a password that the provider knows in an older form', () => {
  it('opens during a rotation of the pepper, once is enough, and the old pepper can go', async () => {
    const [old, young] = [pepper(), pepper()];
    let service = await Service.start({ PASSWORD_PEPPER: old });
    const restart = async (env: Record<string, string>): Promise<void> => {
      await service.stop({ keepHome: true });
      service = await Service.start(env, service.home);
    };
    try {
      const [came, stayed, steps] = [await signUp(service), await signUp(service), await signUp(service)];
      await restart({ PASSWORD_PEPPER: young, PASSWORD_PEPPER_PREVIOUS: old });
      expect(await login(service, came.email)).toBe(200);
      expect(await login(service, came.email, `${password}x`)).toBe(401);
      const visitor = service.visitor();
      const stepUp = await visitor.call('/api/v1/auth/step-up', { token: steps.token, body: { password } });
      expect(stepUp.status).toBe(200);
      await restart({ PASSWORD_PEPPER: young });
      expect(await login(service, came.email)).toBe(200);
      expect(await login(service, steps.email)).toBe(200);
      expect(await login(service, stayed.email)).toBe(401);
    } finally {
      await service.stop();
    }
  });

  describe('because the account came with the project', () => {
    let supabase: SupabaseBeside;
    beforeAll(async () => {
      supabase = await SupabaseBeside.start();
    });
    afterAll(async () => {
      await supabase.stop();
    });

    it('opens once where that is allowed, and is hashed from then on', async () => {
      const [email, other] = [`${randomUUID()}@example.com`, `${randomUUID()}@example.com`];
      for (const address of [email, other]) await supabase.passwordLogin(address, password);
      let service = await Service.start({ ...supabase.env, ACCEPT_UNPEPPERED_PASSWORDS: 'true' });
      try {
        expect(await login(service, email, `${password}x`)).toBe(401);
        expect(await login(service, email)).toBe(200);
        expect(await supabase.opensWith(email, password)).toBe(false);
        expect(await login(service, email)).toBe(200);
        expect(service.printed).not.toContain(password);
        await service.stop({ keepHome: true });
        service = await Service.start(supabase.env, service.home);
        expect([await login(service, email), await login(service, other)]).toEqual([200, 401]);
      } finally {
        await service.stop();
      }
    });
  });
});

describe('a service that is killed while the provider sets a new password', () => {
  let supabase: SupabaseBeside;
  let between: Server;
  let held: (() => void)[];
  let env: Record<string, string>;
  beforeAll(async () => {
    supabase = await SupabaseBeside.start();
    held = [];
    const target = new URL(supabase.env['SUPABASE_URL'] ?? '');
    between = createServer((incoming, outgoing) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('end', () => {
        const pass = (): void => {
          const { method, headers, url = '/' } = incoming;
          request(new URL(url, target), { method, headers: { ...headers, host: target.host } }, (answer) => {
            outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(outgoing);
          })
            .on('error', () => outgoing.destroy())
            .end(Buffer.concat(parts));
        };
        if (incoming.method === 'PUT') held.push(pass);
        else pass();
      });
    });
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
    const { port } = between.address() as AddressInfo;
    env = { ...supabase.env, SUPABASE_URL: `http://127.0.0.1:${port}` };
  });
  afterAll(async () => {
    between.closeAllConnections();
    between.close();
    await supabase.stop();
  });

  it('leaves no session of the old password alive, and lets in who has the new one', async () => {
    let service = await Service.start(env);
    const next = 'seven-quiet-herons-cross-the-yard';
    try {
      const account = await signUp(service);
      const elsewhere = await service
        .visitor()
        .call('/api/v1/auth/login', { body: { email: account.email, password } });
      const change = account.visitor
        .call('/api/v1/auth/password-change', {
          token: account.token,
          body: { current_password: password, new_password: next },
        })
        .catch(() => null);
      while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      // The provider has been asked and has not answered: the old password still opens there, and nothing here.
      expect(await login(service, account.email)).toBe(503);
      await service.kill();
      held.splice(0).forEach((pass) => {
        pass();
      });
      await change;
      service = await Service.start(env, service.home);
      const session = (token: string) => service.visitor().call('/api/v1/auth/session', { token });
      for (const token of [account.token, elsewhere.json.access_token as string])
        expect((await session(token)).status).toBe(401);
      const refreshed = await service
        .visitor()
        .call('/api/v1/auth/refresh', { body: { refresh_token: elsewhere.json.refresh_token } });
      expect(refreshed.status).toBe(401);
      await ask(service.home, 'update velro.users set password_changing_until = now() where id = $1', [
        account.id,
      ]);
      expect([await login(service, account.email), await login(service, account.email, next)]).toEqual([
        401, 200,
      ]);
    } finally {
      await service.stop();
    }
  });
});

import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { password, Service, signUp } from '../support/process/service.js';
import { SupabaseBeside } from '../support/supabase/supabase-beside.js';

const pepper = (): string => randomBytes(32).toString('base64');
const login = async (service: Service, email: string, word = password): Promise<number> =>
  (await service.visitor().call('/api/v1/auth/login', { body: { email, password: word } })).status;

describe('a password that the provider stores in an older form', () => {
  it('is accepted during a rotation of the pepper and rehashed, after which the old pepper is not needed', async () => {
    const [old, young] = [pepper(), pepper()];
    let service = await Service.start({ PASSWORD_PEPPER: old });
    const restart = async (env: Record<string, string>): Promise<void> => {
      await service.kill();
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
      await service.discard();
    }
  });

  describe('of an account from before the service', () => {
    let supabase: SupabaseBeside;
    beforeAll(async () => {
      supabase = await SupabaseBeside.start();
    });
    afterAll(async () => {
      await supabase.stop();
    });

    it('is accepted once where that is allowed, and is peppered from then on', async () => {
      const [email, other] = [`${randomUUID()}@example.com`, `${randomUUID()}@example.com`];
      for (const address of [email, other]) await supabase.passwordLogin(address, password);
      let service = await Service.start({ ...supabase.env, ACCEPT_UNPEPPERED_PASSWORDS: 'true' });
      try {
        expect(await login(service, email, `${password}x`)).toBe(401);
        expect(await login(service, email)).toBe(200);
        expect(await supabase.opensWith(email, password)).toBe(false);
        expect(await login(service, email)).toBe(200);
        expect(service.printed).not.toContain(password);
        const { PASSWORD_PEPPER: key = '' } = JSON.parse(
          readFileSync(join(service.home, 'secrets.json'), 'utf8'),
        ) as Record<string, string>;
        const leaked = createHmac('sha256', Buffer.from(key, 'base64')).update(password).digest('base64url');
        expect(await login(service, email, leaked)).toBe(401);
        await service.kill();
        service = await Service.start(supabase.env, service.home);
        expect([await login(service, email), await login(service, other)]).toEqual([200, 401]);
      } finally {
        await service.discard();
      }
    });
  });
});

import { createHmac } from 'node:crypto';
import { ask } from '../database/database.js';
import { password, signUp, type Account, type Service } from '../process/service.js';

/** A code of an authenticator app (RFC 6238), written out here so that the service is not judged by its own library. */
export function codeAt(secret: string, seconds: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replaceAll('=', '')]
    .map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export const now = (): number => Date.now() / 1000;

/** Waits, if need be, for a moment that is not just before the end of a time step. */
export async function steadyMoment(): Promise<void> {
  const left = 30 - (now() % 30);
  if (left < 3) await new Promise((resolve) => setTimeout(resolve, left * 1000 + 50));
}

export interface Administrator extends Account {
  readonly secret: string;
}

/** Somebody with a role of administrators and a second factor, signed in with it just now. */
export async function administrator(service: Service, role: 'admin' | 'super_admin'): Promise<Administrator> {
  const account = await signUp(service);
  await ask(service.home, 'update velro.users set role = $2 where id = $1', [account.id, role]);
  const call = (path: string, body: unknown, token?: string) =>
    account.visitor.call(`/api/v1/auth/${path}`, { body, ...(token === undefined ? {} : { token }) });
  const login = () => call('login', { email: account.email, password });
  const enrolling = (await login()).json.access_token as string;
  await steadyMoment();
  const { json } = await call('mfa/enroll', {}, enrolling);
  const secret = json.secret as string;
  // By the code of the step before, so that the present one is still unused.
  await call('mfa/activate', { code: codeAt(secret, now() - 30) }, enrolling);
  const half = await login();
  const whole = await call('mfa/verify', { mfa_token: half.json.mfa_token, code: codeAt(secret, now()) });
  if (whole.status !== 200) throw new Error(`the administrator was not let in: ${whole.text}`);
  return {
    ...account,
    secret,
    token: whole.json.access_token as string,
    refreshToken: whole.json.refresh_token as string,
  };
}

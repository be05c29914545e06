import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { randomLoopback, rawRequest } from '../support/http/http.js';
import { password, Service } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';

describe('bytes that are no request, in one packet behind requests', () => {
  let service: Service;
  beforeAll(async () => {
    service = await sharedService();
  });
  afterAll(async () => {
    await service.discard();
  });

  const newEmail = (): string => `${randomUUID()}@example.com`;
  const registration = (email: string): string => {
    const body = JSON.stringify({ email, password });
    return `POST /api/v1/auth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  };
  /** Begins as a request, and breaks off within its body. */
  const broken = (email: string): string =>
    `POST /api/v1/auth/register HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"ema\r\nzz ${email}`;
  const exists = async (email: string): Promise<boolean> =>
    (await ask(service.home, 'select 1 from velro.users where email = $1', [email])).length === 1;
  /** The statuses of all answers until the connection is closed. */
  const statuses = async (bytes: string): Promise<number[]> => {
    const { status, text } = await rawRequest(service.url, bytes, 20_000, randomLoopback());
    return [status, ...[...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, next]) => Number(next))];
  };

  it.each([
    ['garbage', 'GARBAGE\r\n\r\n'],
    ['half a request with a NUL', 'GET /health HTTP/1.1\r\nX: a\0b\r\n\r\n'],
    ['a head that is too large', `GET /health HTTP/1.1\r\nX-Big: ${'a'.repeat(40_000)}\r\n\r\n`],
  ])('%s: the POST takes effect and is answered so, then the connection ends', async (_title, behind) => {
    const email = newEmail();
    expect(await statuses(registration(email) + behind)).toEqual([201]);
    expect(await exists(email)).toBe(true);
  });

  it('two POSTs are both answered', async () => {
    const [one, other] = [newEmail(), newEmail()];
    expect(await statuses(`${registration(one)}${registration(other)}GARBAGE\r\n\r\n`)).toEqual([201, 201]);
    expect([await exists(one), await exists(other)]).toEqual([true, true]);
  });

  it('a POST whose own body is broken is refused, behind the answer to the one before it', async () => {
    const [one, other] = [newEmail(), newEmail()];
    expect(await statuses(registration(one) + broken(other))).toEqual([201, 400]);
    expect([await exists(one), await exists(other)]).toEqual([true, false]);
  });

  it('CONNECT is refused behind the answer to the POST before it', async () => {
    const email = newEmail();
    const connect = 'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n';
    expect(await statuses(registration(email) + connect)).toEqual([201, 405]);
    expect(await exists(email)).toBe(true);
  });

  it('alone they are refused, and change nothing', async () => {
    const email = newEmail();
    expect(await statuses('GARBAGE\r\n\r\n')).toEqual([400]);
    expect(await statuses(broken(email))).toEqual([400]);
    expect(await exists(email)).toBe(false);
  });
});

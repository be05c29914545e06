import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import { withPolicy } from '../support/process/policy.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { until } from '../support/process/wait-until.js';
import { formOf } from '../support/storage/upload.js';

const windowMs = 2000;
const bytes = 1_500_000;
const path = '/api/v1/storage';
const file = { name: 'a.txt', type: 'text/plain', bytes: Buffer.alloc(bytes, 'plain text ') };

interface Slow {
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Bytes that are sent with the head of the request. */
  readonly atOnce: number;
}
interface Ended {
  readonly status: number;
  readonly code: string | undefined;
  readonly connection: string | undefined;
}

/** Sends `piece` bytes every 50 ms, and what is left of the body never sooner. */
const send = (
  service: Service,
  who: Account,
  { path: to, method, headers, body, atOnce }: Slow,
  piece: number,
) =>
  new Promise<Ended>((resolve, reject) => {
    const outgoing = request(`${service.url}${to}`, {
      method,
      localAddress: who.visitor.address,
      agent: false,
      headers: {
        authorization: `Bearer ${who.token}`,
        'content-length': String(body.length),
        ...headers,
      },
    });
    outgoing.write(body.subarray(0, atOnce));
    let sent = atOnce;
    const sender = setInterval(() => {
      if (sent < body.length) outgoing.write(body.subarray(sent, (sent += piece)));
      else outgoing.end();
    }, 50);
    outgoing.once('error', reject);
    outgoing.once('close', () => {
      clearInterval(sender);
    });
    outgoing.once('response', (answer) => {
      const { statusCode = 0, headers: answered } = answer;
      outgoing.off('error', reject).on('error', () => undefined);
      let text = '';
      answer.on('data', (part: Buffer) => (text += String(part)));
      answer.on('close', () => {
        clearInterval(sender);
        const { code } = JSON.parse(text === '' ? '{}' : text) as { code?: string };
        resolve({ status: statusCode, code, connection: answered.connection });
      });
    });
  });

describe('a body of an upload', () => {
  let service: Service;
  beforeAll(async () => {
    service = await Service.start({
      MAX_FILE_SIZE: '2MB',
      ALLOWED_FILE_TYPES: 'txt',
      ...withPolicy({ uploadPacePolicy: { windowMs } }),
    });
  });
  afterAll(async () => {
    await service.discard();
  });

  const standing = async (who: Account): Promise<unknown> =>
    ask(
      service.home,
      `select storage_bytes, held_bytes, (select count(*) from velro.files where user_id = u.id) as files,
         (select count(*) from velro.upload_parts p join velro.uploads l on l.id = p.upload_id where l.user_id = u.id) as parts
       from velro.users u where id = $1`,
      [who.id],
    );
  const reasons = (who: Account): unknown[] =>
    service
      .lines()
      .filter(({ event, user_id }) => event === 'upload_validation' && user_id === who.id)
      .map(({ reason }) => reason);

  const form = (atOnce: number) => (): Promise<Slow> =>
    Promise.resolve({
      atOnce,
      path: `${path}/upload`,
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=edge-of-parts' },
      body: formOf([file]),
    });
  const part = async (who: Account): Promise<Slow> => {
    const { headers } = await who.visitor.call(`${path}/uploads`, {
      method: 'POST',
      token: who.token,
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': String(bytes),
        'upload-metadata': `filename ${btoa(file.name)},filetype ${btoa(file.type)}`,
        'content-length': '0',
      },
    });
    return {
      path: String(headers.location),
      method: 'PATCH',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'content-type': 'application/offset+octet-stream',
      },
      body: file.bytes,
      atOnce: 1,
    };
  };

  it.each([
    ['a form', form(1000)],
    ['the head of a form', form(1)],
    ['tus', part],
  ])(
    'that comes by %s more slowly than the least speed is ended by 408: nothing of it is stored, and it is one event',
    async (_title, slow) => {
      const ada = await signUp(service);
      const body = await slow(ada);
      const before = await standing(ada);
      expect(await send(service, ada, body, 1)).toEqual({
        status: 408,
        code: 'request_timeout',
        connection: 'close',
      });
      expect(await standing(ada)).toEqual(before);
      await until(() => reasons(ada).length > 0, 'the event');
      expect(reasons(ada)).toEqual(['slow']);
      expect(service.lines().filter(({ level }) => level === 'fatal')).toEqual([]);
    },
  );

  it.each([
    ['a form', form(1000), 201],
    ['tus', part, 204],
  ])(
    'that comes by %s steadily takes longer than a window, and is stored',
    async (_title, steady, status) => {
      const ada = await signUp(service);
      const body = await steady(ada);
      const since = performance.now();
      expect(await send(service, ada, body, 16_384)).toMatchObject({ status, code: undefined });
      expect(performance.now() - since).toBeGreaterThan(windowMs);
      expect(reasons(ada)).toEqual([]);
    },
  );
});

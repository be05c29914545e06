import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/database/database.js';
import type { Answer } from '../support/http/http.js';
import { Service, signUp, type Account } from '../support/process/service.js';
import { sharedService } from '../support/services/shared-service.js';

const boundary = 'edge-of-parts';
const order = '/api/v1/generations';
/** As Latin-1: a byte of its own for each character, which is no UTF-8. */
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const utf8 = (text: string): Buffer => Buffer.from(text, 'utf8');
const json = (prompt: string): string =>
  `{"model_id":"velro/canvas","prompt":"${prompt}","parameters":{"width":256,"height":256}}`;
const part = (name: string, value: string, type = ''): string =>
  `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n${type}\r\n${value}\r\n`;
const form = (...parts: string[]): string =>
  `${part('model_id', 'velro/canvas')}${parts.join('')}--${boundary}--\r\n`;
const parameters = part('parameters', '{"width":256,"height":256}', 'content-type: application/json\r\n');

describe('a body that is not UTF-8', () => {
  let service: Service;
  let ada: Account;
  beforeAll(async () => {
    service = await sharedService();
    ada = await signUp(service);
  });
  afterAll(async () => {
    await service.discard();
  });

  const send = (path: string, raw: Buffer, type: string, token?: string): Promise<Answer> =>
    ada.visitor.call(path, {
      method: 'POST',
      raw,
      headers: { 'content-type': type },
      ...(token === undefined ? {} : { token }),
    });
  const stored = async () => [
    (await ada.visitor.call('/api/v1/credits/balance', { token: ada.token })).json,
    await ask(service.home, 'select count(*)::int as generations from velro.generations where user_id = $1', [
      ada.id,
    ]),
    await ask(service.home, 'select count(*)::int as entries from velro.credit_entries where user_id = $1', [
      ada.id,
    ]),
  ];
  const multipart = `multipart/form-data; boundary=${boundary}`;

  it.each<[string, string, Buffer]>([
    ['JSON', 'application/json', latin1(json('café noir'))],
    ['JSON that declares another charset', 'application/json; charset=iso-8859-1', latin1(json('café noir'))],
    ['JSON with a surrogate', 'application/json', Buffer.from(json('\xed\xa0\x80'), 'latin1')],
    ['JSON with an overlong letter', 'application/json', Buffer.from(json('\xc1\xa1'), 'latin1')],
    ['a form field', multipart, latin1(form(part('prompt', 'café noir'), parameters))],
    [
      'a form field that declares its charset',
      multipart,
      latin1(form(part('prompt', 'café noir', 'content-type: text/plain; charset=utf-8\r\n'), parameters)),
    ],
    [
      'a form field that declares another charset',
      multipart,
      latin1(
        form(part('prompt', 'café noir', 'content-type: text/plain; charset=iso-8859-1\r\n'), parameters),
      ),
    ],
    [
      'a form field declared as JSON',
      multipart,
      latin1(form(part('prompt', '"café noir"', 'content-type: application/json\r\n'), parameters)),
    ],
    ['the name of a form field', multipart, latin1(form(part('prompt', 'x'), part('café', 'x'), parameters))],
  ])('in %s is 400; nothing is stored, nothing is paid', async (_title, type, raw) => {
    const before = await stored();
    const { status, json: problem } = await send(order, raw, type, ada.token);
    expect([status, problem.code]).toEqual([400, type === multipart ? 'multipart_invalid' : 'json_invalid']);
    expect(await stored()).toEqual(before);
  });

  it.each<[string, string, Buffer]>([
    ['JSON', 'application/json', utf8(json('café noir'))],
    ['a form field', multipart, utf8(form(part('prompt', 'café noir'), parameters))],
  ])('is told from one that is: %s in UTF-8 is accepted as it stands', async (_title, type, raw) => {
    const { status, json: made } = await send(order, raw, type, ada.token);
    expect([status, made.prompt]).toEqual([202, 'café noir']);
  });

  it.each(['application/csp-report', 'application/reports+json', 'application/json'])(
    'is no report of a browser (%s)',
    async (type) => {
      const raw = latin1('{"csp-report":{"effective-directive":"script-src","blocked-uri":"é"}}');
      const { status, headers } = await send('/api/v1/csp-report', raw, type);
      expect(status).toBe(400);
      expect((await service.linesOf(headers['x-request-id'])).map(({ msg }) => msg)).not.toContain(
        'SECURITY-EVENT BROWSER content security policy violated',
      );
    },
  );

  it.each(['/api/v1/webhooks/fal', '/api/v1/webhook/inbound', '/webhook/messenger'])(
    'is refused at %s as anything that is not signed, and limited by address',
    async (path) => {
      const visitor = service.visitor();
      const call = () =>
        visitor.call(path, {
          method: 'POST',
          raw: latin1('{"request_id":"é"}'),
          headers: { 'content-type': 'application/json' },
        });
      const { status, json: problem, headers } = await call();
      expect([status, problem.code]).toEqual([400, 'signature_missing']);
      expect(Number(headers['x-ratelimit-remaining'] ?? '0')).toBeGreaterThan(0);
      const left = (await call()).headers['x-ratelimit-remaining'];
      expect(Number(left)).toBe(Number(headers['x-ratelimit-remaining']) - 1);
    },
  );
});

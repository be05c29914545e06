import { describe, expect, it } from '@jest/globals';
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js';
import type { Config } from '../../config/config.js';
import { Log } from '../observability/log.js';
import { Metrics } from '../observability/metrics.js';
import { SecurityEvents } from '../observability/security-events.js';
import { catalogue } from './catalogue.js';
import { ProblemFilter } from './problem.filter.js';
import { Problem } from './problem.js';

const canaries = {
  stack: 'at Object.<anonymous> (/srv/velro/src/features/secret.ts:12:3)',
  sql: 'select password from velro.users where email = $1',
  path: '/srv/velro/.env',
  key: 'velro_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg',
  email: 'ada@example.com',
};

/** The response body for an error. */
const answerTo = async (error: unknown, verboseErrors: boolean): Promise<string> =>
  (await responseTo(error, verboseErrors)).body;

async function responseTo(error: unknown, verboseErrors: boolean) {
  let body = '';
  let headers: Readonly<Record<string, string>> = {};
  const reply = {
    sent: false,
    code: () => reply,
    headers: (given: Readonly<Record<string, string>>) => {
      headers = given;
      return reply;
    },
    send: (text: string) => {
      body = text;
      return reply;
    },
  };
  const raw = { destroyed: false, complete: true, off: () => raw };
  const request = {
    id: '00000000-0000-4000-8000-000000000000',
    headers: {},
    raw,
    url: '/x',
    routeOptions: {},
  };
  const config = { debug: { verboseErrors } } as Config;
  new ProblemFilter(config, Log.silent(), new Metrics(new SecurityEvents(Log.silent()))).catch(
    error,
    new ExecutionContextHost([request, reply]),
  );
  await new Promise((resolve) => setImmediate(resolve));
  return { body, headers };
}

describe('an error response outside development', () => {
  const text = Object.values(canaries).join(' | ');
  const cause = Object.assign(new Error(text), { detail: text, query: canaries.sql, path: canaries.path });
  const errors: [string, unknown][] = [
    ['an unexpected error', cause],
    ['an error with a status code', Object.assign(new Error(text), { statusCode: 418 })],
    ['a database error', Object.assign(new Error(text), { code: '23505' })],
    ['a thrown string', text],
    ['undefined', undefined],
    ...Object.keys(catalogue).map((code): [string, unknown] => [
      code,
      new Problem(code as keyof typeof catalogue, { cause }),
    ]),
  ];

  it.each(errors)('does not reveal its cause: %s', async (_title, error) => {
    const answer = await answerTo(error, false);
    expect(Object.keys(JSON.parse(answer) as object)).toEqual([
      'type',
      'title',
      'status',
      'detail',
      'instance',
      'code',
      'request_id',
    ]);
    for (const canary of Object.values(canaries)) expect(answer).not.toContain(canary);
  });

  it('reveals its cause in development only, so that the check above can fail', async () => {
    expect(await answerTo(cause, true)).toContain(canaries.sql);
  });
});

describe('x-should-retry', () => {
  it.each([
    ['a 429 of 31 seconds', 'rate_limit_exceeded', '31', 'false'],
    ['a 429 of 30 seconds', 'rate_limit_exceeded', '30', undefined],
    ['a 503 of an hour', 'unavailable', '3600', 'false'],
    ['a 503 of 2 seconds', 'unavailable', '2', undefined],
    ['a 403 of an hour', 'address_blocked', '3600', undefined],
  ] as const)('of %s', async (_title, code, seconds, expected) => {
    const { headers } = await responseTo(new Problem(code, { headers: { 'retry-after': seconds } }), false);
    expect(headers['x-should-retry']).toBe(expected);
  });
});

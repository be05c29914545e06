import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { apiPrefix } from '../../../config/policy/perimeter/http.js';
import { TourClient, type Answer } from './client.js';
import { Screen } from './screen.js';
import { ownLoopbackAddress, tourAccount } from './visitor.js';

const prompts = [
  'a lighthouse over a violet sea',
  'misty mountains at dawn',
  'night city in the rain',
  'a cat sleeping in a teal forest',
  'golden desert with a balloon',
];
const api = (path: string): string => `/${apiPrefix}${path}`;

/** A step had an unexpected result; the message describes it. */
class TourStopped extends Error {}

/** Runs the tour against the service at the URL `base`. Returns the exit code. */
export async function runTour(base: string): Promise<number> {
  const screen = new Screen();
  try {
    await walk(base, screen);
    return 0;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ECONNREFUSED')
      screen.fail(
        `No service listens at ${base}: start the service first, with npm start in another terminal.`,
      );
    else screen.fail(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

async function walk(base: string, screen: Screen): Promise<void> {
  const from = await ownLoopbackAddress(base);
  const client = new TourClient(base, from);

  screen.step('1. The service');
  const health = await client.call('/health');
  expect(health, 200);
  screen.fact(
    `${base}/health says ${text(health, 'status')}; every response has ${Object.keys(health.headers).length} headers, among them`,
  );
  screen.fact(`strict-transport-security: ${String(health.headers['strict-transport-security'])}`);

  screen.step('2. An account');
  const token = await signIn(client, screen, from === null ? resolve('.velro', 'tour.json') : null);

  screen.step('3. An image');
  await paint(client, screen, token);

  screen.step('4. Refused requests');
  await provoke(client, screen, token);

  screen.step('Security events');
  screen.fact('The terminal of the service now shows a SECURITY-EVENT line for each refusal:');
  screen.fact(
    'AUTH-MIDDLEWARE VIOLATION malformed, RATE-LIMITER auth_login exceeded, AUTH-MIDDLEWARE VIOLATION revoked.',
  );
  screen.fact(`Every route is described at ${base}/docs.`);
}

async function signIn(client: TourClient, screen: Screen, keepIn: string | null): Promise<string> {
  const { email, password, isNew } = tourAccount(keepIn);
  if (isNew) {
    expect(
      await client.call(api('/auth/register'), { body: { email, password, full_name: 'A Tourist' } }),
      201,
    );
    screen.fact(`signed up as ${email}`);
  }
  const login = await client.call(api('/auth/login'), { body: { email, password } });
  if (login.status === 401 && !isNew)
    throw new TourStopped(
      `The account of an earlier tour is gone: delete ${String(keepIn)} and run the tour again.`,
    );
  expect(login, 200);
  const token = text(login, 'access_token');
  const me = await client.call(api('/auth/me'), { token });
  expect(me, 200);
  screen.fact(
    `signed in; the token expires in ${String(login.body['expires_in'])} s, the account has ${String(me.body['credits_balance'])} credits`,
  );
  return token;
}

async function paint(client: TourClient, screen: Screen, token: string): Promise<void> {
  const prompt = prompts[Math.floor(Math.random() * prompts.length)] ?? 'a lighthouse';
  const accepted = await client.call(api('/generations'), {
    token,
    body: { model_id: 'velro/canvas', prompt },
  });
  if (accepted.status === 429) {
    screen.refusal(
      429,
      `ten generations an hour are used up; the next in ${String(accepted.headers['retry-after'])} s`,
    );
    return;
  }
  expect(accepted, 202);
  screen.fact(`ordered "${prompt}" for ${String(accepted.body['credits_cost'])} credit`);
  const path = api(`/generations/${text(accepted, 'id')}`);
  for await (const { data } of client.events(`${path}/events`, token)) {
    screen.progress(Number(data['progress'] ?? 0), String(data['status']));
  }
  const done = await client.call(path, { token });
  const [media] = done.body['media'] as { url: string; width: number; height: number; bytes: number }[];
  if (media === undefined) throw new TourStopped(`The generation ended as ${text(done, 'status')}.`);
  const picture = await client.call(media.url);
  expect(picture, 200);
  const file = join(process.cwd(), 'tour.png');
  writeFileSync(file, picture.bytes);
  screen.fact(
    `${media.width} × ${media.height} pixels, ${media.bytes} bytes, by a signed link, saved as ${file}`,
  );
}

async function provoke(client: TourClient, screen: Screen, token: string): Promise<void> {
  const forged = await client.call(api('/auth/me'), { token: 'invalid-token' });
  expect(forged, 401);
  screen.refusal(401, `an invalid token: ${text(forged, 'code')}`);

  let limited: Answer;
  let hits = 0;
  do {
    limited = await client.call(api('/auth/login'));
    hits++;
  } while (limited.status !== 429 && hits < 10);
  expect(limited, 429);
  screen.refusal(
    429,
    `request ${hits} to the login without an account: ${text(limited, 'code')}, retry in ${String(limited.headers['retry-after'])} s`,
  );

  expect(await client.call(api('/auth/logout'), { method: 'POST', token }), 204);
  const revoked = await client.call(api('/auth/me'), { token });
  expect(revoked, 401);
  screen.refusal(401, `the same token after logout: ${text(revoked, 'code')}`);
}

function expect(answer: Answer, status: number): void {
  if (answer.status === status) return;
  const code = typeof answer.body['code'] === 'string' ? ` (${answer.body['code']})` : '';
  throw new TourStopped(
    `Expected ${status} and got ${answer.status}${code}; request id ${String(answer.headers['x-request-id'])}.`,
  );
}

function text(answer: Answer, field: string): string {
  const value = answer.body[field];
  if (typeof value !== 'string') throw new TourStopped(`The answer has no ${field}.`);
  return value;
}

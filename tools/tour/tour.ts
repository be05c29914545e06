import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createClient, VelroConnectionError, VelroError, type Client } from '#dist/client/src/index.js';
import { Screen } from './screen.ts';
import { sendByFetch, sendFrom, type Send } from './send.ts';
import { ownLoopbackAddress, tourAccount } from './visitor.ts';

const prompts = [
  'a lighthouse over a violet sea',
  'misty mountains at dawn',
  'night city in the rain',
  'a cat sleeping in a teal forest',
  'golden desert with a balloon',
];
const agent = { 'user-agent': 'velro-tour' };
/** Milliseconds for what goes past the client. */
const timeoutMs = 30_000;

/** A step had an unexpected result; the message describes it. */
class TourStopped extends Error {}

/** A running service, and how it is reached. */
interface Stage {
  readonly base: string;
  readonly send: Send;
  readonly screen: Screen;
  /** Of the account of the tour. */
  readonly velro: Client;
}

/** Runs the tour against the service at the URL `base`. Returns the exit code. */
export async function runTour(base: string): Promise<number> {
  const screen = new Screen();
  try {
    await walk(base, screen);
    return 0;
  } catch (error) {
    screen.fail(reasonOf(error, base));
    return 1;
  }
}

function reasonOf(error: unknown, base: string): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ((cause as NodeJS.ErrnoException).code === 'ECONNREFUSED')
      return `No service listens at ${base}: start the service first, with npm start in another terminal.`;
  if (error instanceof VelroError)
    return `Refused with ${error.status} (${error.code}): ${error.message} Request id ${String(error.requestId)}.`;
  if (error instanceof VelroConnectionError) return `No complete answer: ${String(error.cause)}`;
  return error instanceof Error ? error.message : String(error);
}

/** With these tokens alone, where they are given. */
const open = (base: string, send: Send, token?: string): Client =>
  createClient({
    baseUrl: base,
    fetch: send,
    headers: token === undefined ? agent : { ...agent, authorization: `Bearer ${token}` },
  });

async function walk(base: string, screen: Screen): Promise<void> {
  const from = await ownLoopbackAddress(base);
  const send = from === null ? sendByFetch : sendFrom(from);
  const stage = { base, send, screen, velro: open(base, send) };

  screen.step('1. The service');
  const { data: health, response } = await stage.velro.GET('/health');
  screen.fact(
    `${base}/health says ${health.status}; every response has ${[...response.headers].length} headers, among them`,
  );
  screen.fact(`strict-transport-security: ${String(response.headers.get('strict-transport-security'))}`);

  screen.step('2. An account');
  const token = await signIn(stage, from === null ? resolve('.velro', 'tour.json') : null);

  screen.step('3. An image');
  await paint(stage);

  screen.step('4. An agent');
  await converse(stage);

  screen.step('5. Refused requests');
  await provoke(stage, token);

  screen.step('Security events');
  screen.fact('The terminal of the service now shows a SECURITY-EVENT line for each refusal:');
  screen.fact(
    'AUTH-MIDDLEWARE VIOLATION malformed, RATE-LIMITER auth_login exceeded, AUTH-MIDDLEWARE VIOLATION revoked.',
  );
  screen.fact(`Every route is described at ${base}/docs.`);
}

/** Resolves with the access token. */
async function signIn({ velro, screen }: Stage, keepIn: string | null): Promise<string> {
  const { email, password, isNew } = tourAccount(keepIn);
  if (isNew) {
    const body = { email, password, full_name: 'A Tourist' };
    const { response } = await velro.POST('/api/v1/auth/register', { body });
    if (response.status === 202)
      throw new TourStopped('The service wants addresses confirmed by mail, which a tour cannot do.');
    screen.fact(`signed up as ${email}`);
  }
  const { data: login } = await velro
    .POST('/api/v1/auth/login', { body: { email, password } })
    .catch((error: unknown) => {
      if (isNew || !isRefusal(error, 401)) throw error;
      const where = String(keepIn);
      throw new TourStopped(
        `The account of an earlier tour is gone: delete ${where} and run the tour again.`,
      );
    });
  if (login.mfa_required) throw new TourStopped('The account of the tour has a second factor.');
  const { data: me } = await velro.GET('/api/v1/auth/me');
  screen.fact(
    `signed in; the token expires in ${login.expires_in} s, the account has ${me.credits_balance} credits`,
  );
  return login.access_token;
}

async function paint({ velro, screen, send, base }: Stage): Promise<void> {
  const prompt = prompts[Math.floor(Math.random() * prompts.length)] ?? 'a lighthouse';
  const accepted = await velro.generate({ model_id: 'velro/canvas', prompt }).catch((error: unknown) => {
    if (!isRefusal(error, 429)) throw error;
    screen.refusal(429, `ten generations an hour are used up; the next in ${secondsUntil(error.retryAt)} s`);
    return null;
  });
  if (accepted === null) return;
  const { id, credits_cost: cost } = accepted.data;
  screen.fact(`ordered "${prompt}" for ${cost} credit`);
  for await (const { data } of velro.events(id)) screen.progress(data.progress, data.status);
  const { data: done } = await velro.GET('/api/v1/generations/{id}', { params: { path: { id } } });
  const [media] = done.media ?? [];
  if (media === undefined) throw new TourStopped(`The generation ended as ${done.status}.`);
  const picture = await past(send, new URL(media.url, base).href);
  if (!picture.ok) throw new TourStopped(`The link of the picture answered ${picture.status}.`);
  const file = join(process.cwd(), 'tour.png');
  writeFileSync(file, new Uint8Array(await picture.arrayBuffer()));
  screen.fact(
    `${media.width} × ${media.height} pixels, ${media.bytes} bytes, by a signed link, saved as ${file}`,
  );
}

async function converse({ velro, screen }: Stage): Promise<void> {
  const { data: agents } = await velro.GET('/api/v1/agents');
  const [agent] = agents.data;
  const message = 'What is a credit?';
  const { data } = await velro.POST('/api/v1/chat', {
    body: { message, ...(agent === undefined ? {} : { agent_id: agent.id }) },
  });
  screen.fact(`asked ${agent === undefined ? 'the assistant' : `the agent ${agent.name}`}: ${message}`);
  const reason = data.reason === undefined ? '' : ` (${data.reason})`;
  screen.fact(`answered as path=${data.path}${reason}: ${data.reply.replaceAll(/\s+/g, ' ')}`);
  const sources = (data.sources ?? []).map(({ title }) => title);
  if (sources.length > 0) screen.fact(`it knew that from: ${sources.join(', ')}`);
  const { data: conversations } = await velro.GET('/api/v1/conversations');
  screen.fact(
    `the account has ${conversations.data.length} conversation(s), the latest "${conversations.data[0]?.title ?? ''}"`,
  );
}

async function provoke({ velro, screen, send, base }: Stage, token: string): Promise<void> {
  const forged = await refusalOf(open(base, send, 'invalid-token').GET('/api/v1/auth/me'), 401);
  screen.refusal(401, `an invalid token: ${forged.code}`);

  // No operation of the API, so that the client has no method for it.
  const login = new URL('/api/v1/auth/login', base).href;
  let limited: Response;
  let hits = 0;
  do {
    limited = await past(send, login);
    hits++;
  } while (limited.status !== 429 && hits < 10);
  const { code } = (await limited.json()) as { code?: unknown };
  if (limited.status !== 429)
    throw new TourStopped(`Expected 429 and got ${limited.status} (${String(code)}).`);
  screen.refusal(
    429,
    `request ${hits} to the login without an account: ${String(code)}, retry in ${String(limited.headers.get('retry-after'))} s`,
  );

  await velro.POST('/api/v1/auth/logout', { body: {} });
  const revoked = await refusalOf(open(base, send, token).GET('/api/v1/auth/me'), 401);
  screen.refusal(401, `the same token after logout: ${revoked.code}`);
}

/** A request that is no operation of the API. */
const past = (send: Send, url: string): Promise<Response> =>
  send(url, { headers: new Headers(agent), signal: AbortSignal.timeout(timeoutMs) });

const isRefusal = (error: unknown, status: number): error is VelroError =>
  error instanceof VelroError && error.status === status;

async function refusalOf(call: Promise<unknown>, status: number): Promise<VelroError> {
  try {
    await call;
  } catch (error) {
    if (isRefusal(error, status)) return error;
    throw error;
  }
  throw new TourStopped(`Expected ${status}, and the request was accepted.`);
}

const secondsUntil = (time: Date | null): string =>
  time === null ? 'a few' : String(Math.max(0, Math.ceil((time.getTime() - Date.now()) / 1000)));

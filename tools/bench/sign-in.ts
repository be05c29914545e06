// Timing side channel of accounts: refused sign-ins of every class of accounts, and the fixed answers of registration, reset
// and resend, one at a time and interleaved. Prints the median of each class and its AUC against unknown addresses: the
// chance that a request for the class takes longer. Step-up is compared with an account that has a password. Fails when a median differs by more than 2 ms or an AUC from one half by
// more than a tenth.
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { urlsOf } from './support/embedded-database.ts';
import { median, say } from './support/figures.ts';
import { ask, startService } from './support/service.ts';

const rounds = Number(process.argv[2] ?? 150);
const allowed = { ms: 2, auc: 0.1 };
/** Each stays below the limit of its account, and of its address. */
const perAccount = 40;
const confirmed = 'update auth.users set email_confirmed_at = now() where email = $1';
const known =
  'insert into velro.users (id, email, proven_at) select id, email, now() from auth.users where email = $1';

/** What makes a registered, unconfirmed identity one of the class. */
const classes: Readonly<Record<string, readonly string[] | null>> = {
  unknown: null,
  known: [confirmed, known],
  'never signed in here': [confirmed],
  'social, without a password': [
    confirmed,
    known,
    'update auth.users set encrypted_password = null where email = $1',
  ],
  banned: [
    confirmed,
    known,
    "update auth.users set banned_until = now() + interval '1 year' where email = $1",
  ],
  unconfirmed: [],
  disabled: [confirmed, known, 'update velro.users set disabled_at = now() where email = $1'],
  unproven: [confirmed, known, 'update velro.users set proven_at = null where email = $1'],
};

/** What becomes of the identity of somebody who is signed in. */
const behindSessions: Readonly<Record<string, readonly string[]>> = {
  known: [],
  'social, without a password': ['update auth.users set encrypted_password = null where email = $1'],
  banned: ["update auth.users set banned_until = now() + interval '1 year' where email = $1"],
  unconfirmed: ['update auth.users set email_confirmed_at = null where email = $1'],
  'gone at the provider': ['delete from auth.users where email = $1'],
};

/** The chance that one of `left` is greater than one of `right`; a tie counts half. */
function auc(left: readonly number[], right: readonly number[]): number {
  const wins = left.flatMap((one) =>
    right.map((other) => (one > other ? 1 : one === other ? 0.5 : 0) as number),
  );
  return wins.reduce((sum, win) => sum + win, 0) / wins.length;
}

const service = await startService({
  REQUIRE_EMAIL_VERIFICATION: 'true',
  RATE_LIMIT_AUTH_REGISTER: '1000/hour',
  RATE_LIMIT_PASSWORD_RESET: '1000/hour',
});
const database = new pg.Client({ connectionString: urlsOf(service.home).superuser });
await database.connect();
let address = 0;
const post = (path: string, body: object, token?: string) =>
  ask(service.url, { method: 'POST', path: `/api/v1/auth/${path}`, body, token, at: ++address });
const someone = (): string => `${randomUUID()}@example.com`;

/** The token of the mail that verifies an address; waits until it lies in the outbox. */
async function verification(email: string): Promise<string> {
  const outbox = join(service.home, 'outbox');
  for (;;) {
    const mails = await readdir(outbox).catch(() => []);
    for (const name of mails) {
      const text = await readFile(join(outbox, name), 'utf8');
      const token = /token=([\w-]+)/.exec(text)?.[1];
      if (token !== undefined && (JSON.parse(text) as { to: string }).to === email) return token;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A session, and then `statements`. Returns the access token. */
async function signIn(statements: readonly string[]): Promise<string> {
  const email = await make([]);
  const password = 'tall-otter-paints-9-quiet-bridges';
  await post('email-verify', { token: await verification(email), password });
  const { json } = await post('login', { email, password });
  if (typeof json['access_token'] !== 'string') throw new Error(`a sign-in answered ${JSON.stringify(json)}`);
  for (const statement of statements) await database.query(statement, [email]);
  return json['access_token'];
}

async function make(statements: readonly string[]): Promise<string> {
  const email = someone();
  const { status } = await post('register', { email, password: 'tall-otter-paints-9-quiet-bridges' });
  if (status !== 202) throw new Error(`a registration answered ${status}`);
  for (;;) {
    const { rowCount } = await database.query('select 1 from auth.users where email = $1', [email]);
    if (rowCount === 1) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  for (const statement of statements) await database.query(statement, [email]);
  return email;
}

/** Compares the classes of one kind of request with the first; returns whether they are within the allowed difference. */
async function compare(
  title: string,
  names: readonly string[],
  emails: ReadonlyMap<string, readonly string[]>,
  send: (email: string) => ReturnType<typeof post>,
  wanted: number,
): Promise<boolean> {
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = -3; round < rounds; round++) {
    // By chance: in a fixed cycle each class would follow the same one, and be measured with what that left to do.
    for (const name of names.toSorted(() => Math.random() - 0.5)) {
      const accounts = emails.get(name) ?? [];
      const email = accounts[(round + 3) % Math.max(1, accounts.length)] ?? someone();
      const { status, ms, json } = await send(email);
      if (status !== wanted)
        throw new Error(`${title} of ${name} answered ${status} after ${ms} ms: ${JSON.stringify(json)}`);
      if (round >= 0) times.get(name)?.push(ms);
    }
  }
  const reference = times.get(names[0] ?? '') ?? [];
  let good = true;
  for (const [name, values] of times) {
    const [difference, chance] = [median(values) - median(reference), auc(values, reference)];
    say(`${title}, ${name}: median ${median(values).toFixed(1)} ms, AUC ${chance.toFixed(2)}`);
    if (Math.abs(difference) > allowed.ms || Math.abs(chance - 0.5) > allowed.auc) good = false;
  }
  return good;
}

try {
  const emails = new Map<string, readonly string[]>();
  for (const [name, statements] of Object.entries(classes)) {
    if (statements === null) continue;
    const made: string[] = [];
    for (let at = 0; at < Math.ceil((rounds + 3) / perAccount); at++) made.push(await make(statements));
    emails.set(name, made);
  }
  const wrong = { password: 'wrong-otter-paints-9-quiet-bridges' };
  const results = [
    await compare('login', Object.keys(classes), emails, (email) => post('login', { email, ...wrong }), 401),
    await compare(
      'password-reset',
      ['unknown', 'known', 'unconfirmed'],
      emails,
      (email) => post('password-reset', { email }),
      202,
    ),
    await compare(
      'email-resend',
      ['unknown', 'known', 'unconfirmed'],
      emails,
      (email) => post('email-resend', { email }),
      202,
    ),
    await compare(
      'register',
      ['unknown', 'known', 'unconfirmed'],
      emails,
      (email) => post('register', { email, password: 'tall-otter-paints-9-quiet-bridges' }),
      202,
    ),
  ];
  const tokens = new Map<string, readonly string[]>();
  for (const [name, statements] of Object.entries(behindSessions)) {
    const made: string[] = [];
    for (let at = 0; at < Math.ceil((rounds + 3) / perAccount); at++) made.push(await signIn(statements));
    tokens.set(name, made);
  }
  results.push(
    await compare(
      'step-up',
      Object.keys(behindSessions),
      tokens,
      (token) => post('step-up', wrong, token),
      401,
    ),
  );
  process.exitCode = results.every(Boolean) ? 0 : 1;
} finally {
  await database.end();
  await service.stop();
}

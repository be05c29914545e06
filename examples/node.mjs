// Signs up or in, orders a picture, follows it, and saves it as picture.png. First `npm start` and `npm run client`, then:
//   node examples/node.mjs ada@example.com tall-otter-paints-9-quiet-bridges "a lighthouse over a violet sea"
// VELRO_URL names another service than the one of `npm start`. Outside this repository the import is '@velro/client'.
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { createClient, VelroError } from '../client/dist/index.js';

const baseUrl = process.env.VELRO_URL ?? 'http://127.0.0.1:3000';
const [email, password, prompt = 'a lighthouse over a violet sea'] = process.argv.slice(2);
if (email === undefined || password === undefined)
  throw new Error('usage: node examples/node.mjs <email> <password> [prompt]');

const velro = createClient({ baseUrl });
await signIn();

const { data: order } = await velro.generate({ model_id: 'velro/canvas', prompt });
for await (const { event, data } of velro.events(order.id)) {
  console.log(event, `${data.progress} %`);
  if (event === 'completed') await save(data.media[0].url);
}
await velro.POST('/api/v1/auth/logout', { body: {} });

async function signIn() {
  try {
    await velro.POST('/api/v1/auth/register', { body: { email, password } });
    console.log(`signed up as ${email}`);
  } catch (error) {
    if (!(error instanceof VelroError) || error.code !== 'email_taken') throw error;
    const { data } = await velro.POST('/api/v1/auth/login', { body: { email, password } });
    if (data.mfa_required) await sendCode(data.mfa_token);
    console.log(`signed in as ${email}`);
  }
}

async function sendCode(mfa_token) {
  const terminal = createInterface(process.stdin, process.stdout);
  const code = await terminal.question('Code of the authenticator app: ');
  terminal.close();
  await velro.POST('/api/v1/auth/mfa/verify', { body: { mfa_token, code } });
}

async function save(url) {
  const picture = await fetch(new URL(url, baseUrl));
  await writeFile('picture.png', Buffer.from(await picture.arrayBuffer()));
  console.log('saved picture.png');
}

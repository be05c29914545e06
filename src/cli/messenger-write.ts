import { messengerPolicy } from '../../config/policy/assistants/messenger.js';
import { loadConfig } from '../../config/load-config.js';
import { publishedAddress } from '../service-address.js';
import { CommandFailed, NotUnderstood, runCommand } from './command.js';
import { answersTo, deliver } from './messenger-write/write-to-page.js';

const usage = `usage: npm run messenger:write -- <text> [<who>]
Writes to the page of the running development default, signed as Meta signs, and prints what is answered. <who>: an id of
digits, by which a conversation goes on; 1001 without one. Exit 0: answered. Exit 1: failed. Exit 2: invalid arguments.`;

const id = new RegExp(`^\\d{1,${messengerPolicy.idCharacters}}$`, 'u');

await runCommand({ usage }, async ([text, psid = '1001', ...more]) => {
  if (text === undefined || text.trim() === '' || more.length > 0 || !id.test(psid))
    throw new NotUnderstood();
  const { messenger, home } = loadConfig();
  if (messenger?.page !== null)
    throw new CommandFailed(
      messenger === null
        ? 'only development records messages'
        : 'a page of Meta is configured: write to it; messages are recorded without one',
    );
  const url = publishedAddress(home);
  if (url === null) throw new CommandFailed('no service with this VELRO_HOME is running: npm start');
  const answers = answersTo(home, psid);
  await deliver({ url, psid, text, appSecret: messenger.appSecret });
  for (const answer of await answers()) process.stdout.write(`${answer}\n`);
  return 0;
});

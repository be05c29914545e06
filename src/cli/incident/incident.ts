import { loadConfig } from '../../../config/load-config.js';
import { NotUnderstood, runCommand } from '../command.js';
import { affected } from './affected.js';
import { atDesk, type Desk } from './desk.js';
import { evidence } from './evidence.js';
import { isolate, reopen } from './isolate.js';
import { rotateAll } from './rotate-all.js';
import { asked, operatorOf, type Options } from './options.js';
import { verifyEvidence } from './verify-evidence.js';
import { close, note, open } from './records.js';

const usage = `usage: npm run incident -- <what> [<incident>] [--by <name>] …
  open --kind key_compromised|limits_exceeded|system_compromise|data_breach --title <text> --by <name> [--discovered <time>]
  isolate <incident>     closes sign-ins, refuses every token and key, turns AI off; again: goes on where it was ended
  reopen <incident>      opens sign-ins again
  rotate-all <incident> --out <file>   new values of our secrets into a file; says what each ends, and where the keys of others are rotated
  affected <incident> [--since <time>] [--until <time>] [--reads] [--address <ip>] [--accounts <file>] [--mail]
  note <incident> --text <text>
  evidence <incident> --out <file> [--since <time>] [--until <time>]   a signed archive of what proves it
  verify-evidence <file> [--key <key>]   what was changed in such an archive; with the key that was printed it needs no database
  close <incident> --cause <text> --measures <text> --post-mortem <file>
Works on the database of the service, which may be down. A time is 2026-11-30 or 2026-11-30T14:05:00Z. Exit 0: done. Exit 1:
refused or failed. Exit 2: invalid arguments.`;

type Work = (desk: Desk, of: string | undefined, options: Options) => Promise<void>;

/** With the options that each takes. */
const works: Readonly<Record<string, { readonly takes: readonly string[]; readonly work: Work }>> = {
  open: {
    takes: ['kind', 'title', 'discovered'],
    work: async (desk, of, options) => {
      if (of !== undefined || options.by === undefined) throw new NotUnderstood();
      await open(desk, options);
    },
  },
  isolate: { takes: [], work: isolate },
  reopen: { takes: [], work: reopen },
  'rotate-all': { takes: ['out'], work: (desk, of, { out }) => rotateAll(desk, of, out) },
  affected: { takes: ['since', 'until', 'reads', 'address', 'accounts', 'mail'], work: affected },
  note: { takes: ['text'], work: (desk, of, { text }) => note(desk, of, text) },
  evidence: { takes: ['since', 'until', 'out'], work: evidence },
  close: { takes: ['cause', 'measures', 'post-mortem'], work: close },
};

await runCommand({ usage }, async (args) => {
  const takes = Object.fromEntries(Object.entries(works).map(([name, work]) => [name, work.takes]));
  const { what, of, options } = asked(args, { ...takes, 'verify-evidence': ['key'] });
  if (what === 'verify-evidence') return verifyEvidence(of, options.key);
  await atDesk(
    loadConfig(),
    operatorOf(options),
    (desk) => works[what]?.work(desk, of, options) ?? Promise.resolve(),
  );
  return 0;
});

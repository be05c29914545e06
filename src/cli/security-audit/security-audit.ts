import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import {
  readAuditCredentials,
  readLogStore,
  type AuditCredentials,
} from '../../../config/settings/audit-credentials.js';
import { CommandFailed, NotUnderstood, runCommand } from '../command.js';
import { addressOf } from './audit-address.js';
import { auditOf, headOf, requireOurs, type Audit } from './audit.js';
import { toJson } from './formats/json.js';
import { toMarkdown } from './formats/markdown.js';
import { toOscal } from './formats/oscal.js';
import { toSarif } from './formats/sarif.js';
import { toText } from './formats/text.js';
import { LogSearch } from './log-store.js';
import { Prober } from './probe.js';
import { reportOf, type Report } from './report.js';
import { Session, type Credentials } from './session.js';

const formats: Readonly<Record<string, (report: Report) => string>> = {
  json: toJson,
  markdown: toMarkdown,
  oscal: toOscal,
  sarif: toSarif,
};

const usage = `usage: npm run security:audit -- --url https://… [--json | --markdown | --sarif | --oscal] [--record]
Audits an instance: from outside, the files of this checkout, and from inside with the sign-in of an administrator, whose access token is
VELRO_AUDIT_TOKEN, or whose VELRO_AUDIT_EMAIL, VELRO_AUDIT_PASSWORD and VELRO_AUDIT_CODE (of the second factor) are set. --record tells the
service of the audit. It asks as a client does: six sign-ins of an account that is none are refused, and limits of this address count them. Where VELRO_AUDIT_LOGS_URL is a Loki
(VELRO_AUDIT_LOGS_SELECTOR, VELRO_AUDIT_LOGS_TOKEN), a line of the audit is looked for there.
Exit 0: nothing failed. Exit 1: something failed. Exit 2: the address is no Velro, does not answer, or the sign-in was refused.`;

interface Given {
  readonly address: URL;
  readonly write: (report: Report) => string;
  readonly credentials: Credentials | null;
  readonly isRecorded: boolean;
  readonly logs: LogSearch | null;
}

function readArguments(args: readonly string[]): Given | null {
  const flag = { type: 'boolean', default: false } as const;
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      options: {
        url: { type: 'string' },
        json: flag,
        markdown: flag,
        sarif: flag,
        oscal: flag,
        record: flag,
        help: { ...flag, short: 'h' },
      },
    }));
  } catch {
    throw new NotUnderstood();
  }
  if (values.help) return null;
  const wanted = (['json', 'markdown', 'sarif', 'oscal'] as const).filter((name) => values[name]);
  const credentials = credentialsOf(readAuditCredentials());
  if (values.url === undefined || wanted.length > 1 || (values.record && credentials === null))
    throw new NotUnderstood();
  const store = readLogStore();
  return {
    address: addressOf(values.url),
    write: formats[wanted[0] ?? ''] ?? toText,
    credentials,
    isRecorded: values.record,
    logs: store === null ? null : LogSearch.of(store),
  };
}

/** Null: none are set. @throws NotUnderstood where some are */
function credentialsOf({ token, email, password, code }: AuditCredentials): Credentials | null {
  if (token !== null) return { token };
  if (email === null && password === null && code === null) return null;
  if (email === null || password === null || code === null) throw new NotUnderstood();
  return { email, password, code };
}

/** Tells the service how many lines were which; the head then names this audit. */
async function recorded(session: Session, audit: Audit): Promise<Audit> {
  const { tally } = reportOf(audit);
  return { ...audit, head: headOf(await session.post('/admin/controls/audits', tally)) };
}

async function audit({ address, write, credentials, isRecorded, logs }: Given): Promise<number> {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const root = existsSync('package.json') && existsSync('.gitignore') ? process.cwd() : null;
  const prober = new Prober(address);
  say(`asking ${address.origin}`);
  await requireOurs(prober);
  const session = credentials === null ? null : await Session.begin(prober, credentials);
  try {
    const made = await auditOf(prober, session, root, logs, say);
    const report = reportOf(isRecorded && session !== null ? await recorded(session, made) : made);
    process.stdout.write(write(report));
    return report.tally.fail === 0 ? 0 : 1;
  } finally {
    await session?.end();
  }
}

await runCommand({ usage }, async (args) => {
  try {
    const given = readArguments(args);
    if (given !== null) return await audit(given);
    console.log(usage);
    return 0;
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
});

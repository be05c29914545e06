import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './project-root.js';
import { deployed, tokenSecret, type Env } from '../../boot/environments.js';
import { makeCertificates, type Certificates } from './certificates.js';
import { Command } from './command.js';
import { makeCheckout } from './deployment-folder.js';
import { portBelowOutgoing } from './free-port.js';
import { TlsDatabase } from '../database/tls-database.js';
import { TlsIdentity } from '../supabase/tls-identity.js';

export interface Outcome {
  readonly code: number | null;
  /** Standard output, then standard error. */
  readonly printed: string;
}

/** Everything that production needs around the service, on this machine and over TLS, and a checkout to deploy. */
export class Production {
  private readonly commands: Command[] = [];

  private constructor(
    /** Removed in the end. */
    readonly folder: string,
    readonly checkout: string,
    readonly certificates: Certificates,
    readonly database: TlsDatabase,
    readonly identity: TlsIdentity,
    /** The operator's own variables, as a secrets manager would hold them. */
    readonly env: Env,
    readonly build: Command,
  ) {}

  static async prepare(): Promise<Production> {
    const folder = mkdtempSync(join(tmpdir(), 'velro-production-'));
    // The user that runs the database passes through.
    chmodSync(folder, 0o711);
    const undo: (() => Promise<void>)[] = [];
    try {
      const checkout = join(folder, 'checkout');
      makeCheckout(checkout);
      const build = Command.start('npm run --silent build', { cwd: checkout });
      const certificates = await makeCertificates(join(folder, 'certificates'));
      const database = await TlsDatabase.start(mkdtempSync(join(folder, 'database-')), certificates);
      undo.push(() => database.stop());
      if ((await build.exited()) !== 0) throw new Error(`the build failed:\n${build.printed}`);
      // On Supabase these stand before anything of ours does.
      await database.ask(
        'create role anon nologin; create role authenticated nologin; create role service_role nologin',
      );
      const identity = await TlsIdentity.start(
        database.ownerUrlForStandIns,
        join(folder, 'identity'),
        join(checkout, 'dist'),
        certificates,
      );
      undo.push(() => identity.stop());
      const env = await environment(database, identity, certificates);
      fillIn(checkout);
      return new Production(folder, checkout, certificates, database, identity, env, build);
    } catch (error) {
      for (const step of undo.reverse()) await step();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Starts a program with the operator's variables; it ends with this object at the latest. */
  start(
    line: string | readonly string[],
    cwd: string,
    changes: Readonly<Record<string, string | undefined>> = {},
  ): Command {
    const env = Object.entries({ ...this.env, ...changes }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const command = Command.start(line, { cwd, env: Object.fromEntries(env) });
    this.commands.push(command);
    return command;
  }

  /** Runs a program to its end. */
  async run(
    line: string | readonly string[],
    cwd: string,
    changes: Readonly<Record<string, string | undefined>> = {},
  ): Promise<Outcome> {
    const command = this.start(line, cwd, changes);
    const code = await command.exited();
    return { code, printed: command.printed };
  }

  async close(): Promise<void> {
    for (const command of this.commands) command.kill();
    await this.identity.stop();
    await this.database.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** What the template leaves to the operator. */
async function environment(database: TlsDatabase, identity: TlsIdentity, { ca }: Certificates): Promise<Env> {
  const { ENVIRONMENT: _environment, JWT_SECRET: _secret, ...own } = deployed('production');
  return {
    ...own,
    DATABASE_URL: database.appUrl,
    DATABASE_MIGRATION_URL: database.ownerUrl,
    SUPABASE_URL: identity.url,
    SUPABASE_PUBLISHABLE_KEY: identity.publishableKey,
    SUPABASE_SECRET_KEY: identity.secretKey,
    NODE_EXTRA_CA_CERTS: ca,
    PORT: String(await portBelowOutgoing()),
  };
}

/** The template with a secret of its own in it, as the guide's `cp` and `sed` make it. */
function fillIn(checkout: string): void {
  const file = join(checkout, '.env');
  copyFileSync(join(projectRoot, '.env.production.hardened'), file);
  const filled = readFileSync(file, 'utf8').replaceAll('REPLACE_WITH_PRODUCTION_SECRET', tokenSecret());
  writeFileSync(file, filled, { mode: 0o600 });
}

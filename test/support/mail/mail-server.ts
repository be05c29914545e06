import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Certificates } from '../process/certificates.js';
import type { ReceivedMail } from './smtp-server.js';

/** What the server does instead of taking a mail. */
export type MailFault =
  'none' | 'silent' | 'silent-after-data' | 'cut-after-data' | 'busy' | 'unknown-recipient' | 'refused-data';

export interface MailServerOptions {
  /** Left out: no TLS at all is offered. */
  readonly certificates?: Certificates;
  /** TLS from the start; otherwise by STARTTLS. */
  readonly secure?: boolean;
  /** Whoever does not sign in with these may send nothing. */
  readonly login?: { readonly user: string; readonly pass: string };
}

const refusal = (responseCode: number): Error =>
  Object.assign(new Error('said the server'), { responseCode });

/** A complete mail server (the package smtp-server) on this machine, which can be in trouble. */
export class MailServer {
  readonly received: ReceivedMail[] = [];
  /** Connections that were greeted, and those that are still open. */
  connections = 0;
  open = 0;
  /** Of the sessions: whether TLS was there when the mail came. */
  readonly secured: boolean[] = [];
  fault: MailFault = 'none';
  private readonly server: SMTPServer;

  private constructor(private readonly options: MailServerOptions) {
    const { certificates, secure = false, login } = options;
    const keys: SMTPServerOptions =
      certificates === undefined
        ? { disabledCommands: login === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'] }
        : {
            key: readFileSync(certificates.key),
            cert: readFileSync(certificates.certificate),
            ...(login === undefined ? { disabledCommands: ['AUTH'] } : {}),
          };
    this.server = new SMTPServer({
      ...keys,
      secure,
      authOptional: login === undefined,
      disableReverseLookup: true,
      logger: false,
      onConnect: (_session, done) => {
        this.connections++;
        this.open++;
        if (this.fault !== 'silent') done();
      },
      onClose: () => {
        this.open--;
      },
      onAuth: ({ username, password }, _session, done) => {
        if (username === login?.user && password === login?.pass) done(null, { user: username });
        else done(refusal(535));
      },
      onMailFrom: (_address, _session, done) => {
        done(this.fault === 'busy' ? refusal(451) : null);
      },
      onRcptTo: (_address, _session, done) => {
        done(this.fault === 'unknown-recipient' ? refusal(550) : null);
      },
      onData: (stream, { envelope, secure: isSecured }, done) => {
        let data = '';
        stream.setEncoding('utf8').on('data', (part: string) => (data += part));
        stream.on('end', () => {
          if (this.fault === 'silent-after-data') return;
          if (this.fault === 'cut-after-data') {
            this.cut();
            return;
          }
          if (this.fault === 'refused-data') {
            done(refusal(554));
            return;
          }
          this.secured.push(isSecured);
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
          for (const { address } of envelope.rcptTo) this.received.push({ from, to: address, data });
          done();
        });
      },
    });
    // Clients that do not trust the certificate, or leave in the middle.
    this.server.on('error', () => undefined);
  }

  static async start(options: MailServerOptions = {}): Promise<MailServer> {
    const one = new MailServer(options);
    await new Promise<void>((resolve) => {
      one.server.listen(0, '127.0.0.1', resolve);
    });
    return one;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  get url(): string {
    const { secure = false, login } = this.options;
    const credentials =
      login === undefined ? '' : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.pass)}@`;
    return `${secure ? 'smtps' : 'smtp'}://${credentials}127.0.0.1:${this.port}`;
  }

  to(address: string): ReceivedMail[] {
    return this.received.filter(({ to }) => to === address);
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => {
      this.server.close(resolve);
    });
  }

  private cut(): void {
    for (const connection of this.server.connections) connection._socket.destroy();
  }
}

import { createTransport } from 'nodemailer';
import { mailPolicy, type MailLimits } from '../../../config/policy/operations/mail.js';
import { isLoopbackHost } from '../../../config/values/network-address.js';
import type { Secret } from '../../../config/values/secret.js';
import { Mailer, type Mail } from '../../ports/delivery/mailer.js';

export interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly requireTLS: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
  /** Left out: the trusted authorities of this machine, and the name is the host. */
  readonly tls?: { readonly ca?: string; readonly servername?: string };
}

/**
 * Sends mails by SMTP (RFC 5321) over a bounded pool of connections. `smtps://` is TLS from the start; with `smtp://` the
 * server must offer STARTTLS (RFC 3207), except on this machine. Wherever there is TLS, its certificate must be trusted.
 */
export class SmtpMailer extends Mailer {
  private readonly pool: ReturnType<typeof poolOf> | null;

  constructor(
    options: SmtpOptions | null,
    private readonly from: string,
    private readonly limits: MailLimits = mailPolicy,
  ) {
    super();
    this.pool = options === null ? null : poolOf(options, limits);
  }

  /** For an SMTP_URL; null: sends nothing. */
  static of(url: Secret | null, from: string): SmtpMailer {
    return new SmtpMailer(url === null ? null : smtpOptions(new URL(url.reveal())), from);
  }

  get isConfigured(): boolean {
    return this.pool !== null;
  }

  async send({ id, to, subject, text }: Mail, signal: AbortSignal): Promise<void> {
    if (this.pool === null) throw new Error('no mail server is configured');
    try {
      await this.pool.sendMail({
        from: this.from,
        to,
        subject,
        text,
        messageId: `<${id}@velro>`,
        // No answer by machines, such as "out of office" (RFC 3834).
        headers: { 'auto-submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
        // Closes the connection of this mail: a server that sends a byte now and then passes every timeout of a step.
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.limits.sendTimeoutMs)]),
      });
    } catch (error) {
      // The error of the library holds the conversation, with the address.
      const { code = 'unknown', responseCode } = error as { code?: string; responseCode?: number };
      const reason = responseCode === undefined ? code : `${code} ${responseCode}`;
      throw new Error(`the mail server did not accept the mail: ${reason}`);
    }
  }

  close(): Promise<void> {
    this.pool?.close({ force: true });
    return Promise.resolve();
  }
}

function poolOf(options: SmtpOptions, limits: MailLimits) {
  const { connections, mailsPerConnection, idleMs, stepTimeoutMs } = limits;
  return createTransport({
    ...options,
    pool: true,
    maxConnections: connections,
    maxMessages: mailsPerConnection,
    idleTimeout: idleMs,
    // The job queue tries again, and says so; a mail whose connection broke may have been accepted.
    maxRequeues: 0,
    dnsTimeout: stepTimeoutMs,
    connectionTimeout: stepTimeoutMs,
    greetingTimeout: stepTimeoutMs,
    socketTimeout: stepTimeoutMs,
  });
}

/** The connection that an SMTP_URL names. */
export function smtpOptions(url: URL): SmtpOptions {
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && !isLoopbackHost(url.hostname),
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
  };
}

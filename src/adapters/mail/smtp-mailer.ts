import { createTransport, type Transporter } from 'nodemailer';
import { noticePolicy } from '../../../config/policy/accounts/notices.js';
import type { Secret } from '../../../config/values/secret.js';
import { isLoopbackAddress } from '../../network/public-address.js';
import { Mailer, type Mail } from '../../ports/delivery/mailer.js';

interface SmtpOptions {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly requireTLS: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
  readonly connectionTimeout: number;
  readonly greetingTimeout: number;
  readonly socketTimeout: number;
}

/**
 * Sends mails by SMTP (RFC 5321). `smtps://` is TLS from the start; with `smtp://` the server must offer STARTTLS, except
 * on this machine. One connection for each mail: they are rare.
 */
export class SmtpMailer extends Mailer {
  private readonly transport: Transporter | null;

  constructor(
    url: Secret | null,
    private readonly from: string,
  ) {
    super();
    this.transport = url === null ? null : createTransport(smtpOptions(new URL(url.reveal())));
  }

  get isConfigured(): boolean {
    return this.transport !== null;
  }

  async send({ id, to, subject, text }: Mail, signal: AbortSignal): Promise<void> {
    if (this.transport === null) throw new Error('no mail server is configured');
    const sending = this.transport.sendMail({
      from: this.from,
      to,
      subject,
      text,
      messageId: `<${id}@velro>`,
      // No answer by machines, such as "out of office" (RFC 3834).
      headers: { 'auto-submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    try {
      await Promise.race([sending, aborted(signal)]);
    } catch (error) {
      // The error of the library holds the conversation, with the address.
      const { code = 'unknown' } = error as { code?: string };
      throw new Error(`the mail server did not accept the mail: ${code}`);
    }
  }
}

/** The connection that an SMTP_URL names. */
export function smtpOptions(url: URL): SmtpOptions {
  const secure = url.protocol === 'smtps:';
  const { sendTimeoutMs } = noticePolicy;
  return {
    host: url.hostname,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && url.hostname !== 'localhost' && !isLoopbackAddress(url.hostname),
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: sendTimeoutMs / 2,
    greetingTimeout: sendTimeoutMs / 2,
    socketTimeout: sendTimeoutMs / 2,
  };
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = AbortSignal.any([signal, AbortSignal.timeout(noticePolicy.sendTimeoutMs)]);
    const fail = (): void => {
      reject(Object.assign(new Error('broken off'), { code: 'ABORTED' }));
    };
    // A signal that is aborted already tells nobody any more.
    if (stop.aborted) fail();
    else stop.addEventListener('abort', fail);
  });

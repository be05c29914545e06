import type { Mutant } from '../../mutant.ts';

const mailer = 'src/adapters/mail/smtp-mailer.ts';
const mailerSpec = ['src/adapters/mail/smtp-mailer.spec.ts'];
const mailSpec = ['src/features/security/alerts/alert-mail.spec.ts'];
const alertMails = ['test/journeys/alert-mails.spec.ts'];

/** Mails, and alerts to their receivers. */
export const mailMutants: readonly Mutant[] = [
  {
    title: 'a mail goes out of this machine without TLS',
    file: mailer,
    find: 'requireTLS: !secure && !isLoopbackHost(url.hostname),',
    replace: 'requireTLS: false,',
    specs: mailerSpec,
  },
  {
    title: 'a mail that takes too long ends when the server likes',
    file: mailer,
    find: 'AbortSignal.any([signal, AbortSignal.timeout(this.limits.sendTimeoutMs)])',
    replace: 'signal',
    specs: mailerSpec,
    test: 'a word now and then',
  },
  {
    title: 'a mail whose connection broke is sent again without the queue',
    file: mailer,
    find: 'maxRequeues: 0,',
    replace: 'maxRequeues: 5,',
    specs: mailerSpec,
    test: 'a server that is none: close',
  },
  {
    title: 'the connections of mails stay open behind a close',
    file: mailer,
    find: 'this.pool?.close({ force: true });',
    replace: 'void this.pool;',
    specs: mailerSpec,
    test: 'share the connections',
  },
  {
    title: 'mails open any number of connections',
    file: mailer,
    find: 'maxConnections: connections,',
    replace: 'maxConnections: connections * 50,',
    specs: mailerSpec,
    test: 'share the connections',
  },
  {
    title: 'the error of a mail has the conversation with the server',
    file: mailer,
    find: 'throw new Error(`the mail server did not accept the mail: ${reason}`);',
    replace: 'throw new Error(`the mail server did not accept the mail: ${reason} ${String(error)}`);',
    specs: mailerSpec,
    test: 'unknown-recipient',
  },
  {
    title: 'a value of an alert begins a line of its mail',
    file: 'src/features/security/alerts/alert-mail.ts',
    find: "value.replace(/[^\\x20-\\x7e]/g, '?')",
    replace: 'value',
    specs: mailSpec,
  },
  {
    title: 'an alert goes to one of its receivers alone',
    file: 'src/features/security/alerts/alert-outbox.ts',
    find: 'of configured) await',
    replace: 'of configured.slice(0, 1)) await',
    specs: alertMails,
    test: 'go to both',
  },
  {
    title: 'an alert that one receiver has is not sent to the other',
    file: 'src/features/security/alerts/alerts.repository.ts',
    find: "mail: { delivered: 'mail_delivered_at',",
    replace: "mail: { delivered: 'delivered_at',",
    specs: alertMails,
    test: 'once it is back',
  },
  {
    title: 'shares of a budget that are reached at one time are one alert',
    file: 'src/features/security/alerts/alert.service.ts',
    find: '${shareOf(event)}`',
    replace: '${shareOf(event).slice(0, 0)}`',
    specs: alertMails,
    test: 'several at one time',
  },
  {
    title: 'an address for alerts is accepted without a mail server',
    file: 'config/rules/network.ts',
    find: 'settings.ALERT_EMAIL === undefined || settings.SMTP_URL !== undefined',
    replace: 'settings.ALERT_EMAIL === undefined || settings.SMTP_URL !== null',
    specs: ['test/boot/refused-boots.spec.ts'],
    test: 'without a mail server',
  },
  {
    title: 'a second address for alerts is accepted',
    file: 'config/values/email-address.ts',
    find: 'localPart.test(local) &&',
    replace: "local !== '' &&",
    specs: ['config/values/email-address.spec.ts'],
  },
];

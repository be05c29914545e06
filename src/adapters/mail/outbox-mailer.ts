import { Mailer, type Mail } from '../../ports/delivery/mailer.js';
import { writeToOutbox } from './outbox.js';

/** For the embedded default: mails go to files below `home`. */
export class OutboxMailer extends Mailer {
  readonly isConfigured = true;

  constructor(private readonly home: string) {
    super();
  }

  send({ to, subject, text }: Mail): Promise<void> {
    writeToOutbox(this.home, { to, subject, text });
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

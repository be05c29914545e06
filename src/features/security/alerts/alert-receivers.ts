import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { AlertReceiver } from '../../../ports/delivery/alert-receiver.js';
import { Mailer } from '../../../ports/delivery/mailer.js';
import { alertMail } from './alert-mail.js';
import type { AlertPayload } from './alert-payload.js';

export const alertReceiverNames = ['webhook', 'mail'] as const;
export type AlertReceiverName = (typeof alertReceiverNames)[number];

/** One receiver with a queue of its own: what fails for it is retried for it alone. */
export interface ConfiguredReceiver {
  readonly name: AlertReceiverName;
  readonly queue: 'alert' | 'alert_mail';
  /** Resolves once the receiver has accepted it. */
  readonly deliver: (id: string, payload: AlertPayload, signal: AbortSignal) => Promise<void>;
}

/** Where alerts go: to the webhook, by mail, to both or nowhere. */
@Injectable()
export class AlertReceivers {
  readonly configured: readonly ConfiguredReceiver[];

  constructor(webhook: AlertReceiver, mailer: Mailer, @Inject(CONFIG) { mail }: Config) {
    const configured: ConfiguredReceiver[] = [];
    if (webhook.isConfigured)
      configured.push({
        name: 'webhook',
        queue: 'alert',
        deliver: (id, payload, signal) => webhook.deliver({ id, body: JSON.stringify(payload) }, signal),
      });
    const to = mail.alertsTo?.reveal();
    if (to !== undefined && mailer.isConfigured)
      configured.push({
        name: 'mail',
        queue: 'alert_mail',
        deliver: async (id, payload, signal) => {
          // Others are not stored for it.
          if (payload.type === 'security.alert') await mailer.send({ id, to, ...alertMail(payload) }, signal);
        },
      });
    this.configured = configured;
  }

  get names(): readonly AlertReceiverName[] {
    return this.configured.map(({ name }) => name);
  }
}

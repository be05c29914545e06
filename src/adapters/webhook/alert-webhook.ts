import { alertPolicy } from '../../../config/policy/operations/security-events.js';
import type { RotatingKey } from '../../../config/config.js';
import { deriveKey } from '../../../config/secrets/derived-key.js';
import { secretText, signedHeaders } from '../../crypto/standard-webhook.js';
import type { Secret } from '../../../config/values/secret.js';
import { AlertReceiver, type AlertMessage } from '../../ports/delivery/alert-receiver.js';
import type { Clock } from '../../ports/clock.js';

/** The receiver's verification key in the format of Standard Webhooks (`whsec_…`). */
export const alertKeyOf = (secret: Secret): string => secretText(keyOf(secret));

const keyOf = (secret: Secret): Buffer => deriveKey(secret, 'security-alert/v1');

/** Sends alerts to an HTTP endpoint, signed by Standard Webhooks; during a rotation also with the previous key. */
export class AlertWebhook extends AlertReceiver {
  private readonly secrets: readonly Buffer[];

  constructor(
    private readonly url: Secret | null,
    { current, previous }: RotatingKey,
    private readonly clock: Clock,
  ) {
    super();
    this.secrets = [current, ...(previous === null ? [] : [previous])].map(keyOf);
  }

  get isConfigured(): boolean {
    return this.url !== null;
  }

  async deliver({ id, body }: AlertMessage, signal: AbortSignal): Promise<void> {
    if (this.url === null) throw new Error('alerts go nowhere');
    const at = new Date(this.clock.now());
    const answer = await fetch(this.url.reveal(), {
      method: 'POST',
      body,
      headers: signedHeaders({ id, body, at, userAgent: 'velro-alerts' }, this.secrets),
      // Alerts are sent to the configured URL only, not to a redirect's target.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(alertPolicy.sendTimeoutMs)]),
    });
    await answer.body?.cancel();
    if (!answer.ok) throw new Error(`the receiver of alerts answered ${answer.status}`);
  }
}

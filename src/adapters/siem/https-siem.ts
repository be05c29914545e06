import type { RotatingKey } from '../../../config/config.js';
import { siemLimits, siemRefusals } from '../../../config/policy/operations/siem.js';
import { deriveKey } from '../../../config/secrets/derived-key.js';
import type { Secret } from '../../../config/values/secret.js';
import { secretText, signedHeaders } from '../../crypto/standard-webhook.js';
import type { Clock } from '../../ports/clock.js';
import { SiemReceiver, SiemRefused, type SiemBatch } from '../../ports/delivery/siem-receiver.js';

/** The receiver's verification key in the format of Standard Webhooks (`whsec_…`). */
export const siemKeyOf = (secret: Secret): string => secretText(keyOf(secret));

const keyOf = (secret: Secret): Buffer => deriveKey(secret, 'siem-export/v1');

/**
 * Posts batches as a JSON array, signed by Standard Webhooks; during a rotation also with the previous key. Credentials of the
 * URL are sent as Basic authentication (RFC 7617). Not compressed: nothing in HTTP says beforehand that a receiver reads that.
 */
export class HttpsSiem extends SiemReceiver {
  readonly isConfigured = true;
  private readonly secrets: readonly Buffer[];
  private readonly url: string;
  private readonly authorization: Readonly<Record<string, string>>;

  /** `url`: https, or http on this machine. */
  constructor(
    url: URL,
    { current, previous }: RotatingKey,
    private readonly clock: Clock,
    private readonly sendTimeoutMs = siemLimits.sendTimeoutMs,
  ) {
    super();
    this.secrets = [current, ...(previous === null ? [] : [previous])].map(keyOf);
    const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    this.authorization =
      user === '' && password === ''
        ? {}
        : { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
    const bare = new URL(url);
    bare.username = bare.password = '';
    this.url = bare.href;
  }

  async deliver({ id, records }: SiemBatch, signal: AbortSignal): Promise<void> {
    const body = `[${records.map(({ json }) => json).join(',\n')}]`;
    const at = new Date(this.clock.now());
    let answer: Response;
    try {
      answer = await fetch(this.url, {
        method: 'POST',
        body,
        headers: {
          ...signedHeaders({ id, body, at, userAgent: 'velro-siem' }, this.secrets),
          ...this.authorization,
        },
        // Events are sent to the configured URL only, not to a redirect's target.
        redirect: 'manual',
        signal: AbortSignal.any([signal, AbortSignal.timeout(this.sendTimeoutMs)]),
      });
    } catch (cause) {
      throw new Error('the SIEM did not answer', { cause });
    }
    await answer.body?.cancel().catch(() => undefined);
    if (siemRefusals.has(answer.status)) throw new SiemRefused(answer.status);
    if (!answer.ok) throw new Error(`the SIEM answered ${answer.status}`);
  }
}

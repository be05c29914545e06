import { Webhook } from 'standardwebhooks';

/** What is sent. `at`: the moment of the attempt. */
interface SignedMessage {
  readonly id: string;
  readonly body: string;
  readonly at: Date;
  readonly userAgent: string;
}

/** A secret as its receiver configures it. */
export const secretText = (secret: Buffer): string => `whsec_${secret.toString('base64')}`;

/** The headers of a message by Standard Webhooks, with a signature by each secret. */
export function signedHeaders(
  { id, body, at, userAgent }: SignedMessage,
  secrets: readonly Buffer[],
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': userAgent,
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets
      .map((secret) => new Webhook(secretText(secret)).sign(id, at, body))
      .join(' '),
  };
}

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { messengerPolicy } from '../../../config/policy/assistants/messenger.js';
import type { Secret } from '../../../config/values/secret.js';
import { recordedFor } from '../../adapters/recorder/recorded-messages.js';
import { hmacSha256 } from '../../crypto/hash.js';
import { CommandFailed } from '../command.js';

const { writeWithinMs, writeLookEveryMs, writeQuietLooks } = messengerPolicy;

interface Written {
  readonly url: string;
  readonly psid: string;
  readonly text: string;
  readonly appSecret: Secret;
}

/** Delivers one message to the webhook as Meta does. @throws CommandFailed unless it is acknowledged */
export async function deliver({ url, psid, text, appSecret }: Written): Promise<void> {
  const page = { id: messengerPolicy.recordedPageId };
  const message = {
    sender: { id: psid },
    recipient: page,
    timestamp: Date.now(),
    message: { mid: `m_${randomUUID()}`, text },
  };
  const body = JSON.stringify({
    object: 'page',
    entry: [{ ...page, time: message.timestamp, messaging: [message] }],
  });
  const signature = hmacSha256(appSecret.reveal(), Buffer.from(body)).toString('hex');
  const answer = await fetch(`${url}/webhook/messenger`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
    signal: AbortSignal.timeout(writeWithinMs),
  });
  const words = await answer.text();
  if (!answer.ok) throw new CommandFailed(`the service answers ${answer.status}: ${words}`);
}

/**
 * What somebody is answered from now on: waits for the first answer, and for those that come shortly behind it.
 * @throws CommandFailed where none comes
 */
export function answersTo(home: string, psid: string): () => Promise<readonly string[]> {
  const before = new Set(recordedFor(home, psid).map(({ mid }) => mid));
  return async () => {
    const end = performance.now() + writeWithinMs;
    let found: readonly string[] = [];
    for (let quiet = 0; found.length === 0 || quiet < writeQuietLooks; quiet++) {
      if (performance.now() > end)
        throw new CommandFailed('nothing was answered: see the log of the service');
      await pause(writeLookEveryMs);
      const now = recordedFor(home, psid)
        .filter(({ mid }) => !before.has(mid))
        .map(({ text }) => text);
      if (now.length > found.length) quiet = 0;
      found = now;
    }
    return found;
  };
}

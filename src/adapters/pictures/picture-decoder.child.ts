import { mediaPolicy } from '../../../config/policy/generations/media.js';
import { MediaRefused } from '../../ports/media-refused.js';
import type { DecoderAnswer, DecoderOrder } from './decoder-message.js';
import { readPicture } from './picture.js';

const end = (): void => {
  // Not exit(), which waits for the decoder's threads.
  process.kill(process.pid, 'SIGKILL');
};
const answer = (message: DecoderAnswer, then: () => void = () => undefined): void => {
  if (process.connected) process.send?.(message, then);
};

// A separate process, because a decoder in native code can be ended in no other way. It ends with its parent.
process.once('disconnect', end);
process.on('message', (order) => {
  void run(order as DecoderOrder);
});

/** The decoder works in threads of its own: meanwhile this one looks at what they cost. */
async function run({ received, rules }: DecoderOrder): Promise<void> {
  const before = process.cpuUsage();
  const watch = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1e6 <= rules.cpuSeconds) return;
    clearInterval(watch);
    answer({ kind: 'exhausted' }, end);
  }, mediaPolicy.decoder.lookEveryMs);
  try {
    answer({ kind: 'picture', picture: await readPicture(received, rules) });
  } catch (error) {
    const { code } = error instanceof MediaRefused ? error : { code: 'media_refused' as const };
    const cause = error instanceof MediaRefused ? error.cause : error;
    answer({ kind: 'refused', code, message: cause instanceof Error ? cause.message : code });
  } finally {
    clearInterval(watch);
  }
}

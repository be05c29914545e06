import type { ModelPart } from '../../../../ports/assistants/language-model.js';
import { AnswerBroken, type AnswerPart } from '../ai-call.js';
import type { AttemptEnd, ModelAttempt } from './model-attempt.js';

/** The parts of an answer, for one reader. Whoever leaves ends the call, also before the first part was read. */
export function partsOf(
  begun: readonly ModelPart[],
  attempt: ModelAttempt,
  ended: () => AttemptEnd | null,
): AsyncIterable<AnswerPart> {
  const reading = readingOf(begun, attempt, ended);
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => reading.next(),
      return: () => {
        attempt.leave();
        return reading.return(undefined);
      },
    }),
  };
}

async function* readingOf(
  begun: readonly ModelPart[],
  attempt: ModelAttempt,
  ended: () => AttemptEnd | null,
): AsyncGenerator<AnswerPart, void, undefined> {
  try {
    for (let place = 0; ; place++) {
      const part = begun[place] ?? (await attempt.next());
      if (part.type !== 'end') {
        yield part;
        continue;
      }
      yield { type: 'end', end: part.end, tokens: attempt.tokensOf(part.usage) };
      return;
    }
  } catch (error) {
    throw new AnswerBroken(ended()?.reason ?? 'ai_error', error);
  } finally {
    attempt.leave();
  }
}

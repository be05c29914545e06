import { LanguageModel, type ModelPart, type ModelRequest } from '../../ports/assistants/language-model.js';

const introduction =
  'This is the offline model of Velro: it cannot think, and answers only from the knowledge entries of this agent.';
const nothingKnown = 'They hold nothing about your question.';

/**
 * The embedded default: quotes what the agent knows about the question, or says that it knows nothing, word by word as a
 * model would. Costs nothing and calls nobody.
 */
export class LocalModel extends LanguageModel {
  readonly provider = 'local';
  readonly circuit = 'closed';

  async *answer({ knowledge, messages }: ModelRequest, signal: AbortSignal): AsyncIterable<ModelPart> {
    const text = [
      introduction,
      ...(knowledge.length === 0
        ? [nothingKnown]
        : knowledge.map((entry) => `From “${entry.title}”: ${entry.text}`)),
    ].join('\n\n');
    const words = text.match(/\S+\s*/gu) ?? [];
    for (const word of words) {
      signal.throwIfAborted();
      // Each on its own turn of the event loop, so that others are answered in between.
      await new Promise<void>((resolve) => setImmediate(resolve));
      yield { type: 'text', text: word };
    }
    const prompt = messages.reduce((sum, message) => sum + wordsOf(message.text), 0);
    yield {
      type: 'end',
      end: 'stop',
      usage: { prompt, cached: 0, output: words.length, thoughts: 0 },
    };
  }
}

/** Its tokens are words. */
const wordsOf = (text: string): number => text.match(/\S+/gu)?.length ?? 0;

import {
  RestoredStream,
  type RestoredForm,
  type ReversibleRedaction,
} from '../../../../redaction/reversible-redaction.js';
import type { AnswerPart } from '../../gateway/ai-call.js';

/**
 * The answer with what was redacted in its request: in its text, its thoughts, and the input of the tools that it asks for. `form`: of its text.
 */
export async function* restoredAnswer(
  parts: AsyncIterable<AnswerPart>,
  redaction: ReversibleRedaction,
  form: RestoredForm,
): AsyncGenerator<AnswerPart, void, undefined> {
  const streams = {
    text: new RestoredStream(redaction, form),
    reasoning: new RestoredStream(redaction, 'text'),
  };
  const inputs = new Map<string, RestoredStream>();
  for await (const part of parts) {
    switch (part.type) {
      case 'text':
      case 'reasoning': {
        const text = streams[part.type].take(part.text);
        if (text !== '') yield { ...part, text };
        break;
      }
      case 'tool-start':
        inputs.set(part.id, new RestoredStream(redaction, 'json'));
        yield part;
        break;
      case 'tool-input': {
        const text = inputs.get(part.id)?.take(part.text) ?? part.text;
        if (text !== '') yield { ...part, text };
        break;
      }
      case 'end':
        yield* rests(streams, inputs);
        yield part;
    }
  }
}

function* rests(
  streams: Readonly<Record<'text' | 'reasoning', RestoredStream>>,
  inputs: ReadonlyMap<string, RestoredStream>,
): Iterable<AnswerPart> {
  for (const type of ['reasoning', 'text'] as const) {
    const text = streams[type].end();
    if (text !== '') yield { type, text };
  }
  for (const [id, stream] of inputs) {
    const text = stream.end();
    if (text !== '') yield { type: 'tool-input', id, text };
  }
}

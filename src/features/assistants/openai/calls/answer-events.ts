import type { FastifyReply } from 'fastify';
import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import { toOpenAiError, type OpenAiError } from '../../../../errors/openai-error.js';
import { toProblem } from '../../../../errors/to-problem.js';
import { beginEvents } from '../../../../perimeter/output/server-sent-events.js';
import type { AnswerPart } from '../../gateway/ai-call.js';
import type { BegunAnswer } from './openai-calls.service.js';

/** How the parts of an answer are written as events. */
export interface EventForm {
  begin(): readonly string[];
  of(part: AnswerPart): readonly string[];
  /** Behind the last part. */
  end(): readonly string[];
  /** The answer broke off. */
  failed(error: OpenAiError['error']): readonly string[];
}

/** Writes a stream to its end. The answer waits for a client that reads slowly; one that stops reading is disconnected. Never rejects. */
export async function writeAnswer(
  reply: FastifyReply,
  { parts, ended }: Pick<BegunAnswer, 'parts' | 'ended'>,
  form: EventForm,
  onFailure: (cause: unknown) => void,
): Promise<void> {
  const raw = beginEvents(reply);
  const write = (events: readonly string[]): void => {
    if (!raw.destroyed) for (const event of events) raw.write(event);
  };
  write(form.begin());
  try {
    for await (const part of parts) {
      write(form.of(part));
      if (raw.destroyed) return;
      if (raw.writableLength > openAiPolicy.unreadBytes) await drained(raw, ended);
    }
    write(form.end());
  } catch (cause) {
    // Whoever left is not told, and nothing has failed.
    if (raw.destroyed) return;
    const problem = toProblem(cause);
    if (problem.code === 'internal_error') onFailure(cause);
    write(form.failed(toOpenAiError(problem).error));
  }
  raw.end();
}

/** Resolves when what was written has been read, or the client is gone: after a while, or once its token has ended, it is disconnected. */
const drained = (raw: FastifyReply['raw'], ended: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const cut = (): void => {
      raw.destroy();
      done();
    };
    const timer = setTimeout(cut, openAiPolicy.stalledMs);
    const done = (): void => {
      clearTimeout(timer);
      raw.off('drain', done).off('close', done);
      ended.removeEventListener('abort', cut);
      resolve();
    };
    raw.on('drain', done).on('close', done);
    if (ended.aborted) cut();
    else ended.addEventListener('abort', cut);
  });

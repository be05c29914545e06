import { Injectable } from '@nestjs/common';
import { fallbackTexts } from '../../../../../config/policy/assistants/chat.js';
import type { KnowledgeExcerpt } from '../../../../ports/assistants/language-model.js';
import { WholeTokens } from '../../../../redaction/reversible-redaction.js';
import type { PromptIndex } from '../../agents/prompt-leak.js';
import { withoutPrompt } from '../../agents/without-prompt.js';
import { AnswerBroken, type AiAnswer, type AiCall, type AnswerPart } from '../../gateway/ai-call.js';
import { AiGateway } from '../../gateway/ai-gateway.service.js';
import type { ChatRun } from './chat-run.js';
import type { EndedAnswer } from './runs.repository.js';

type Writable = 'text' | 'reasoning';

/** What an answer of an agent has besides its text. */
export interface AnswerFrame {
  /** Stands before its text; null: nothing does. */
  readonly disclosure: string | null;
  /** What the model was given to answer from. */
  readonly sources: readonly KnowledgeExcerpt[];
  /** What may not leave in it; null: nothing is held back. */
  readonly prompt: PromptIndex | null;
  /** It began to repeat its instructions, and was cut off. */
  readonly onLeak: () => void;
}

/** Asks the gateway, and turns its answer, or the lack of one, into the parts of a stream. */
@Injectable()
export class AnswerWriter {
  constructor(private readonly gateway: AiGateway) {}

  /** Never rejects: whatever goes wrong ends the answer. */
  async write(run: ChatRun, call: AiCall, frame: AnswerFrame): Promise<EndedAnswer> {
    run.push({ type: 'start', messageId: run.answerId });
    run.push({ type: 'start-step' });
    const answer = await this.gateway.ask(call);
    const blocks = new Blocks(run, frame.disclosure);
    const ended =
      answer.path === 'ai' ? await this.copy(answer, blocks, run, frame) : fallBack(answer, blocks, run);
    blocks.close();
    for (const { id, title } of ended.sources)
      run.push({ type: 'source-document', sourceId: id, mediaType: 'text/plain', title });
    if (ended.ended === 'stopped') run.push({ type: 'abort' });
    else if (ended.ended === 'broken') run.push({ type: 'error', errorText: broken });
    else {
      run.push({ type: 'finish-step' });
      run.push({ type: 'finish' });
    }
    return ended;
  }

  private async copy(
    { parts, model }: Extract<AiAnswer, { path: 'ai' }>,
    blocks: Blocks,
    { stopping }: ChatRun,
    { sources, prompt, onLeak }: AnswerFrame,
  ): Promise<EndedAnswer> {
    const facts = { path: 'ai' as const, model, sources };
    const shown = withWholeTokens(prompt === null ? parts : withoutPrompt(parts, prompt, onLeak));
    try {
      // It is given no tools to call.
      for await (const part of shown)
        if (part.type === 'text' || part.type === 'reasoning') blocks.add(part.type, part.text);
      return { ...facts, text: blocks.text, reason: null, ended: 'whole' };
    } catch (error) {
      if (!(error instanceof AnswerBroken)) throw error;
      if (stopping.signal.aborted) return { ...facts, text: blocks.text, reason: null, ended: 'stopped' };
      const reason = error.reason === 'stopped' ? 'provider_unavailable' : error.reason;
      return { ...facts, text: blocks.text, reason, ended: 'broken' };
    }
  }
}

/** No token of a redaction is in two parts. What waits at the end of an answer that breaks off was none. */
async function* withWholeTokens(
  parts: AsyncIterable<AnswerPart>,
): AsyncGenerator<AnswerPart, void, undefined> {
  const waiting = { text: new WholeTokens(), reasoning: new WholeTokens() };
  for await (const part of parts) {
    if (part.type === 'text' || part.type === 'reasoning') {
      const text = waiting[part.type].take(part.text);
      if (text !== '') yield { ...part, text };
      continue;
    }
    for (const type of ['reasoning', 'text'] as const) {
      const text = waiting[type].end();
      if (text !== '') yield { type, text };
    }
    yield part;
  }
}

const broken = 'The answer broke off: try again.';

function fallBack(
  { reason }: Extract<AiAnswer, { path: 'fallback' }>,
  blocks: Blocks,
  { stopping }: ChatRun,
): EndedAnswer {
  const facts = { path: 'fallback' as const, reason, model: null, sources: [] };
  // Stopped before the first text: nothing was answered, and nothing is said in place of it.
  if (stopping.signal.aborted) return { ...facts, text: '', ended: 'stopped' };
  const text = fallbackTexts[reason];
  blocks.add('text', text);
  return { ...facts, text: blocks.text, ended: 'whole' };
}

/** Texts and thoughts as blocks of a stream, each opened before its first part and closed behind its last. */
class Blocks {
  text = '';
  private open: { readonly type: Writable; readonly id: string } | null = null;
  private count = 0;

  constructor(
    private readonly run: ChatRun,
    /** Stands in a block of its own before the first text. */
    private lead: string | null,
  ) {}

  add(type: Writable, delta: string): void {
    const { lead } = this;
    if (type === 'text' && lead !== null) {
      this.lead = null;
      this.add('text', `${lead}\n\n`);
      this.close();
    }
    if (this.open?.type !== type) {
      this.close();
      this.open = { type, id: String(++this.count) };
      this.run.push({ type: `${type}-start`, id: this.open.id });
    }
    if (type === 'text') this.text += delta;
    this.run.push({ type: `${type}-delta`, id: this.open.id, delta });
  }

  close(): void {
    if (this.open !== null) this.run.push({ type: `${this.open.type}-end`, id: this.open.id });
    this.open = null;
  }
}

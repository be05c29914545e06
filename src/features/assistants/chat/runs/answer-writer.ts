import { Injectable } from '@nestjs/common';
import { fallbackTexts } from '../../../../../config/policy/assistants/chat.js';
import { AnswerBroken, type AiAnswer, type AiCall } from '../../gateway/ai-call.js';
import { AiGateway } from '../../gateway/ai-gateway.service.js';
import type { ChatRun } from './chat-run.js';
import type { EndedAnswer } from './runs.repository.js';

type Writable = 'text' | 'reasoning';

/** Asks the gateway, and turns its answer, or the lack of one, into the parts of a stream. */
@Injectable()
export class AnswerWriter {
  constructor(private readonly gateway: AiGateway) {}

  /** Never rejects: whatever goes wrong ends the answer. */
  async write(run: ChatRun, call: AiCall): Promise<EndedAnswer> {
    run.push({ type: 'start', messageId: run.answerId });
    run.push({ type: 'start-step' });
    const answer = await this.gateway.ask(call);
    const blocks = new Blocks(run);
    const ended = answer.path === 'ai' ? await this.copy(answer, blocks, run) : fallBack(answer, blocks, run);
    blocks.close();
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
  ): Promise<EndedAnswer> {
    const facts = { path: 'ai' as const, model };
    try {
      // It is given no tools to call.
      for await (const part of parts)
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

const broken = 'The answer broke off: try again.';

function fallBack(
  { reason }: Extract<AiAnswer, { path: 'fallback' }>,
  blocks: Blocks,
  { stopping }: ChatRun,
): EndedAnswer {
  const facts = { path: 'fallback' as const, reason, model: null };
  // Stopped before the first text: nothing was answered, and nothing is said in place of it.
  if (stopping.signal.aborted) return { ...facts, text: '', ended: 'stopped' };
  const text = fallbackTexts[reason];
  blocks.add('text', text);
  return { ...facts, text, ended: 'whole' };
}

/** Texts and thoughts as blocks of a stream, each opened before its first part and closed behind its last. */
class Blocks {
  text = '';
  private open: { readonly type: Writable; readonly id: string } | null = null;
  private count = 0;

  constructor(private readonly run: ChatRun) {}

  add(type: Writable, delta: string): void {
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

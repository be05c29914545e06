import type { OpenAiError } from '../../../../errors/openai-error.js';
import type { AnswerPart } from '../../gateway/ai-call.js';
import type { EventForm } from '../calls/answer-events.js';
import type { OutputCall, OutputItem, OutputMessage } from './response.dto.js';
import {
  toBegunResponse,
  toCall,
  toEndedResponse,
  toMessage,
  toOutputText,
  type ResponseFacts,
} from './response.presenter.js';

/**
 * The parts of an answer as events of a response. Each text is an item, and each tool call; several calls may be open at once.
 * Source: https://platform.openai.com/docs/api-reference/responses-streaming
 */
export class ResponseEvents implements EventForm {
  private number = 0;
  private readonly items: OutputItem[] = [];
  private message: { readonly at: number; text: string } | null = null;
  private readonly calls = new Map<string, { readonly at: number; readonly name: string; input: string }>();

  constructor(private readonly facts: ResponseFacts) {}

  begin(): readonly string[] {
    const response = toBegunResponse(this.facts);
    return [this.event('response.created', { response }), this.event('response.in_progress', { response })];
  }

  /** Thoughts are not passed on. */
  of(part: AnswerPart): readonly string[] {
    switch (part.type) {
      case 'reasoning':
        return [];
      case 'text':
        return this.say(part.text);
      case 'tool-start':
        return [...this.closeMessage(), this.openCall(part.id, part.name)];
      case 'tool-input':
        return this.continueCall(part.id, part.text);
      case 'end': {
        const closed = [...this.closeMessage(), ...this.closeCalls()];
        const response = toEndedResponse(this.facts, [...this.items], part.end, part.tokens);
        return [...closed, this.event(`response.${response.status}`, { response })];
      }
    }
  }

  end(): readonly string[] {
    return [];
  }

  failed(error: OpenAiError['error']): readonly string[] {
    const { code, message, param } = error;
    return [this.event('error', { code, message, param, error })];
  }

  private say(text: string): readonly string[] {
    const events: string[] = [];
    let { message } = this;
    if (message === null) {
      message = this.message = { at: this.items.length, text: '' };
      const item = { ...toMessage(this.facts, message.at, ''), status: 'in_progress', content: [] } as const;
      this.items.push({ ...item, content: [] });
      events.push(this.itemEvent('response.output_item.added', message.at, item));
      events.push(this.partEvent('response.content_part.added', message.at, { part: toOutputText('') }));
    }
    message.text += text;
    events.push(this.partEvent('response.output_text.delta', message.at, { delta: text, logprobs: [] }));
    return events;
  }

  private closeMessage(): readonly string[] {
    if (this.message === null) return [];
    const { at, text } = this.message;
    this.message = null;
    const item: OutputMessage = (this.items[at] = toMessage(this.facts, at, text));
    return [
      this.partEvent('response.output_text.done', at, { text, logprobs: [] }),
      this.partEvent('response.content_part.done', at, { part: toOutputText(text) }),
      this.itemEvent('response.output_item.done', at, item),
    ];
  }

  private openCall(id: string, name: string): string {
    const at = this.items.length;
    this.calls.set(id, { at, name, input: '' });
    const item: OutputCall = { ...toCall(this.facts, at, { id, name, input: '' }), status: 'in_progress' };
    this.items.push(item);
    return this.itemEvent('response.output_item.added', at, item);
  }

  private continueCall(id: string, text: string): readonly string[] {
    const call = this.calls.get(id);
    if (call === undefined) return [];
    call.input += text;
    return [this.callEvent('response.function_call_arguments.delta', call.at, { delta: text })];
  }

  private closeCalls(): readonly string[] {
    return [...this.calls].flatMap(([id, { at, name, input }]) => {
      const item: OutputCall = (this.items[at] = toCall(this.facts, at, { id, name, input }));
      return [
        this.callEvent('response.function_call_arguments.done', at, { name, arguments: input }),
        this.itemEvent('response.output_item.done', at, item),
      ];
    });
  }

  private itemEvent(type: string, at: number, item: object): string {
    return this.event(type, { output_index: at, item });
  }

  private partEvent(type: string, at: number, more: object): string {
    return this.event(type, {
      item_id: `msg_${this.facts.base}_${at}`,
      output_index: at,
      content_index: 0,
      ...more,
    });
  }

  private callEvent(type: string, at: number, more: object): string {
    return this.event(type, { item_id: `fc_${this.facts.base}_${at}`, output_index: at, ...more });
  }

  private event(type: string, more: object): string {
    const data = JSON.stringify({ type, sequence_number: this.number++, ...more });
    return `event: ${type}\ndata: ${data}\n\n`;
  }
}

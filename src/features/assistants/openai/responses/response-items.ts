import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import type { ModelMessage, ToolCall } from '../../../../ports/assistants/language-model.js';
import { textOf, type ReadMessages } from '../completions/completion-messages.js';
import { fault, isObject } from '../openai-request.js';
import { readToolCall } from '../openai-tools.js';

type Json = Readonly<Record<string, unknown>>;

const referenceHint =
  'is a reference, and nothing is kept here: send the items themselves (in the AI SDK: providerOptions.openai.store = false)';

/** What was said, as items of the responses API. @throws Problem `validation_failed` */
export function readItems(input: unknown, instructions: string | null): ReadMessages {
  const system = instructions === null ? [] : [instructions];
  if (typeof input === 'string')
    return { system: joined(system), messages: [{ role: 'user', text: textOf(input, 'input') }] };
  if (!Array.isArray(input) || input.length > openAiPolicy.messages)
    throw fault('input', 'malformed', `must be text or a list of at most ${openAiPolicy.messages} items`);
  const reading = new ItemReading(system);
  for (const [at, item] of (input as readonly unknown[]).entries()) {
    if (!isObject(item)) throw fault(`input.${at}`, 'malformed', 'must be an item');
    reading.take(item, `input.${at}`);
  }
  const messages = reading.finish();
  if (messages.length === 0) throw fault('input', 'missing', 'must have a message of the user');
  return { system: joined(system), messages };
}

const joined = (system: readonly string[]): string | null =>
  system.length === 0 ? null : system.join('\n\n');

class ItemReading {
  private readonly messages: ModelMessage[] = [];
  /** Calls that follow each other belong to one message of the model. */
  private calls: ToolCall[] = [];
  private spoken: string | null = null;
  private readonly called = new Map<string, string>();

  constructor(private readonly system: string[]) {}

  take(item: Json, field: string): void {
    switch (item['type'] ?? 'message') {
      case 'message':
        this.say(item, field);
        break;
      case 'function_call': {
        const call = readToolCall(item['call_id'], item['name'], item['arguments'], field);
        this.called.set(call.id, call.name);
        this.calls.push(call);
        break;
      }
      case 'function_call_output':
        this.result(item, field);
        break;
      case 'reasoning':
        // Thoughts of an earlier answer: the model makes its own.
        break;
      case 'item_reference':
        throw fault(field, 'unsupported', referenceHint);
      default:
        throw fault(`${field}.type`, 'unsupported', 'must be message, function_call or function_call_output');
    }
  }

  finish(): readonly ModelMessage[] {
    this.flush();
    return this.messages;
  }

  private say({ role, content }: Json, field: string): void {
    const text = textOf(content, `${field}.content`);
    if (role === 'system' || role === 'developer') {
      this.system.push(text);
      return;
    }
    this.flush();
    if (role === 'assistant') this.spoken = text;
    else if (role === 'user') this.messages.push({ role, text });
    else throw fault(`${field}.role`, 'unsupported', 'must be system, developer, user or assistant');
  }

  private result({ call_id: callId, output }: Json, field: string): void {
    const name = typeof callId === 'string' ? this.called.get(callId) : undefined;
    if (typeof callId !== 'string' || name === undefined)
      throw fault(`${field}.call_id`, 'unknown', 'must be of a function_call that stands before it');
    this.flush();
    this.messages.push({ role: 'tool', callId, name, text: textOf(output, `${field}.output`) });
  }

  private flush(): void {
    if (this.spoken === null && this.calls.length === 0) return;
    this.messages.push({ role: 'assistant', text: this.spoken ?? '', toolCalls: this.calls });
    this.spoken = null;
    this.calls = [];
  }
}

import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import type { ModelMessage, ToolCall } from '../../../../ports/assistants/language-model.js';
import { fault, isObject } from '../openai-request.js';
import { isSound, readToolCall } from '../openai-tools.js';

type Json = Readonly<Record<string, unknown>>;

/** What is said, apart from what the model must obey. */
export interface ReadMessages {
  readonly system: string | null;
  readonly messages: readonly ModelMessage[];
}

/** Messages of chat completions. Those of system and developer become one text, wherever they stand. @throws Problem `validation_failed` */
export function readMessages(sent: readonly Json[]): ReadMessages {
  const system: string[] = [];
  const messages: ModelMessage[] = [];
  /** Names of the tools that were called, by the ids of their calls. */
  const called = new Map<string, string>();
  for (const [at, message] of sent.entries()) {
    const field = `messages.${at}`;
    switch (message['role']) {
      case 'system':
      case 'developer':
        system.push(textOf(message['content'], `${field}.content`));
        break;
      case 'user':
        messages.push({ role: 'user', text: textOf(message['content'], `${field}.content`) });
        break;
      case 'assistant': {
        const toolCalls = toolCallsOf(message['tool_calls'], field);
        for (const { id, name } of toolCalls) called.set(id, name);
        messages.push({ role: 'assistant', text: spokenOf(message, toolCalls, field), toolCalls });
        break;
      }
      case 'tool': {
        const callId = message['tool_call_id'];
        const name = typeof callId === 'string' ? called.get(callId) : undefined;
        if (typeof callId !== 'string' || name === undefined)
          throw fault(`${field}.tool_call_id`, 'unknown', 'must be of a tool call that stands before it');
        messages.push({ role: 'tool', callId, name, text: textOf(message['content'], `${field}.content`) });
        break;
      }
      default:
        throw fault(`${field}.role`, 'unsupported', 'must be system, developer, user, assistant or tool');
    }
  }
  if (messages.length === 0) throw fault('messages', 'missing', 'must have a message of the user');
  return { system: system.length === 0 ? null : system.join('\n\n'), messages };
}

function spokenOf({ content }: Json, toolCalls: readonly ToolCall[], field: string): string {
  if (toolCalls.length > 0 && (content === null || content === undefined)) return '';
  return textOf(content, `${field}.content`);
}

function toolCallsOf(calls: unknown, field: string): readonly ToolCall[] {
  if (calls === undefined || calls === null) return [];
  if (!Array.isArray(calls) || calls.length > openAiPolicy.toolCallsPerMessage)
    throw fault(
      `${field}.tool_calls`,
      'malformed',
      `must be a list of at most ${openAiPolicy.toolCallsPerMessage}`,
    );
  return calls.map((call: unknown, at) => {
    const place = `${field}.tool_calls.${at}`;
    if (!isObject(call) || call['type'] !== 'function' || !isObject(call['function']))
      throw fault(place, 'unsupported', 'must be the call of a function');
    return readToolCall(call['id'], call['function']['name'], call['function']['arguments'], place);
  });
}

/** Text, or the texts of a list of parts. @throws Problem `validation_failed` */
export function textOf(content: unknown, field: string): string {
  const text = typeof content === 'string' ? content : textOfParts(content, field);
  if (!isSound(text)) throw fault(field, 'is_well_formed', 'must be text');
  return text;
}

/** What the APIs call a part that is text. */
const textTypes: ReadonlySet<unknown> = new Set(['text', 'input_text', 'output_text']);

function textOfParts(content: unknown, field: string): string {
  if (!Array.isArray(content)) throw fault(field, 'malformed', 'must be text or a list of parts');
  let text = '';
  for (const part of content as readonly unknown[]) {
    if (!isObject(part) || !textTypes.has(part['type']))
      throw fault(field, 'unsupported', 'may have parts of text alone: pictures and files are not taken');
    if (typeof part['text'] !== 'string') throw fault(field, 'malformed', 'must have texts in its parts');
    text += part['text'];
  }
  return text;
}

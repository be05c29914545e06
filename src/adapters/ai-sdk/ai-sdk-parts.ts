import { mostReportedTokens, mostToolCalls } from '../../../config/policy/assistants/models.js';
import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import {
  ModelFailed,
  type AnswerEnd,
  type ModelMessage,
  type ModelOptions,
  type ModelPart,
  type ModelRequest,
  type ModelUsage,
} from '../../ports/assistants/language-model.js';

/** The request in the form of the AI SDK. What the agent knows stands behind its instructions, each entry by its id. */
export function promptOf({ system, messages, knowledge }: ModelRequest): LanguageModelV4Prompt {
  const entries = knowledge.map(({ id, title, text }) => `[${id}] ${title}\n${text}`);
  const instructions = [...(system === null ? [] : [system]), ...entries].join('\n\n');
  return [
    ...(instructions === '' ? [] : [{ role: 'system' as const, content: instructions }]),
    ...messages.map(messageOf),
  ];
}

function messageOf(message: ModelMessage): LanguageModelV4Message {
  if (message.role === 'user') {
    const images = (message.images ?? []).map(({ mediaType, bytes }) => ({
      type: 'file' as const,
      mediaType,
      data: { type: 'data' as const, data: bytes },
    }));
    return { role: 'user', content: [{ type: 'text', text: message.text }, ...images] };
  }
  if (message.role === 'tool') {
    const { callId, name, text } = message;
    const output = { type: 'text' as const, value: text };
    return {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: callId, toolName: name, output }],
    };
  }
  const { text, toolCalls = [] } = message;
  return {
    role: 'assistant',
    content: [
      ...(text === '' && toolCalls.length > 0 ? [] : [{ type: 'text' as const, text }]),
      ...toolCalls.map(({ id, name, input }) => ({
        type: 'tool-call' as const,
        toolCallId: id,
        toolName: name,
        input: JSON.parse(input) as unknown,
      })),
    ],
  };
}

/** What a caller set, in the form of the AI SDK. */
export function optionsOf(options: ModelOptions | undefined): Partial<LanguageModelV4CallOptions> {
  if (options === undefined) return {};
  const { topP, stop, presencePenalty, frequencyPenalty, seed, json } = options;
  return {
    ...toolsOf(options),
    ...(topP === null ? {} : { topP }),
    ...(stop.length === 0 ? {} : { stopSequences: [...stop] }),
    ...(presencePenalty === null ? {} : { presencePenalty }),
    ...(frequencyPenalty === null ? {} : { frequencyPenalty }),
    ...(seed === null ? {} : { seed }),
    ...(json === null
      ? {}
      : {
          responseFormat: {
            type: 'json',
            ...(json.schema === null ? {} : { schema: json.schema }),
            ...(json.name === null ? {} : { name: json.name }),
          },
        }),
  };
}

function toolsOf({
  tools,
  toolChoice,
  parallelToolCalls,
}: ModelOptions): Partial<LanguageModelV4CallOptions> {
  if (tools.length === 0) return {};
  return {
    tools: tools.map(({ name, description, inputSchema, strict }): LanguageModelV4FunctionTool => ({
      type: 'function',
      name,
      inputSchema,
      ...(description === null ? {} : { description }),
      ...(strict === null ? {} : { strict }),
    })),
    ...(toolChoice === null
      ? {}
      : {
          toolChoice:
            typeof toolChoice === 'string'
              ? { type: toolChoice }
              : { type: 'tool', toolName: toolChoice.tool },
        }),
    ...(parallelToolCalls === null ? {} : { providerOptions: { openai: { parallelToolCalls } } }),
  };
}

/** The parts of one answer that the port knows. */
export class PartReader {
  /** Ids of tool calls, as the provider and as we name them, and which of them have had input. */
  private readonly calls = new Map<string, { readonly id: string; hasInput: boolean }>();

  /** Null for a part that the port does not know. @throws ModelFailed for one that says that the answer broke */
  read(part: LanguageModelV4StreamPart): ModelPart | null {
    switch (part.type) {
      case 'text-delta':
        return part.delta === '' ? null : { type: 'text', text: part.delta };
      case 'reasoning-delta':
        return part.delta === '' ? null : { type: 'reasoning', text: part.delta };
      case 'tool-input-start':
        return this.startTool(part.id, part.toolName);
      case 'tool-input-delta':
        return this.continueTool(part.id, part.delta);
      case 'tool-input-end': {
        // A tool without parameters: what is no text is no JSON.
        const call = this.calls.get(part.id);
        return call === undefined || call.hasInput ? null : this.continueTool(part.id, '{}');
      }
      case 'error':
        throw new ModelFailed('failed', 'error within the answer', true);
      case 'finish':
        return { type: 'end', end: endOf(part.finishReason.unified), usage: usageOf(part.usage) };
      default:
        return null;
    }
  }

  private startTool(given: string, name: string): ModelPart | null {
    if (this.calls.size >= mostToolCalls) throw new ModelFailed('failed', 'too many tool calls', true);
    const id = plain(given, idCharacters) || `call_${this.calls.size}`;
    this.calls.set(given, { id, hasInput: false });
    return { type: 'tool-start', id, name: plain(name, nameCharacters) || 'unnamed' };
  }

  private continueTool(given: string, text: string): ModelPart | null {
    const call = this.calls.get(given);
    if (call === undefined || text === '') return null;
    call.hasInput = true;
    return { type: 'tool-input', id: call.id, text };
  }
}

const [idCharacters, nameCharacters] = [256, 64];

/** What any client can send back: a name of words, without control characters and halves of characters. */
const plain = (text: string, atMost: number): string => text.slice(0, atMost).replaceAll(/[^\w-]/g, '_');

function endOf(reason: string): AnswerEnd {
  switch (reason) {
    case 'stop':
    case 'length':
      return reason;
    case 'content-filter':
      return 'blocked';
    case 'tool-calls':
      return 'tools';
    case 'interrupted':
      throw new ModelFailed('failed', 'answer cut off', true);
    case 'error':
      throw new ModelFailed('failed', 'error within the answer', true);
    default:
      return 'other';
  }
}

/** Null unless both sums are there; anything that is no count is none. */
function usageOf({ inputTokens, outputTokens }: LanguageModelV4Usage): ModelUsage | null {
  const [prompt, output] = [countOf(inputTokens.total), countOf(outputTokens.total)];
  // The packages fill in zeros where nothing was reported, and no prompt is empty.
  if (prompt === null || output === null || prompt === 0) return null;
  return {
    prompt,
    output,
    cached: Math.min(prompt, countOf(inputTokens.cacheRead) ?? 0),
    thoughts: Math.min(output, countOf(outputTokens.reasoning) ?? 0),
  };
}

/** A count of the provider that could be one: nobody is charged for 10^15 tokens. */
const countOf = (value: number | undefined): number | null =>
  value !== undefined && Number.isInteger(value) && value >= 0 && value <= mostReportedTokens ? value : null;

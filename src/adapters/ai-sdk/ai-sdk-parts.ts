import { mostReportedTokens } from '../../../config/policy/assistants/models.js';
import type {
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import {
  ModelFailed,
  type AnswerEnd,
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
    ...messages.map(({ role, text }) => ({ role, content: [{ type: 'text' as const, text }] })),
  ];
}

/** A part that the port knows; null for the others. @throws ModelFailed for one that says that the answer broke */
export function partOf(part: LanguageModelV4StreamPart): ModelPart | null {
  switch (part.type) {
    case 'text-delta':
      return part.delta === '' ? null : { type: 'text', text: part.delta };
    case 'reasoning-delta':
      return part.delta === '' ? null : { type: 'reasoning', text: part.delta };
    case 'error':
      throw new ModelFailed('failed', 'error within the answer', true);
    case 'finish':
      return { type: 'end', end: endOf(part.finishReason.unified), usage: usageOf(part.usage) };
    default:
      return null;
  }
}

function endOf(reason: string): AnswerEnd {
  switch (reason) {
    case 'stop':
    case 'length':
      return reason;
    case 'content-filter':
      return 'blocked';
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

import type { KnowledgeExcerpt, ModelMessage } from '../../../ports/assistants/language-model.js';
import type { AiCall } from '../gateway/ai-call.js';
import type { AgentSettings } from './agent.js';

type Answering = Pick<
  AgentSettings,
  'systemPrompt' | 'model' | 'temperature' | 'maxOutputTokens' | 'thinking'
>;

/** What a model is asked by an agent. `more`: stands behind its instructions; empty for nothing. */
export const requestBy = (
  { systemPrompt, model, temperature, maxOutputTokens, thinking }: Answering,
  messages: readonly ModelMessage[],
  knowledge: readonly KnowledgeExcerpt[],
  more = '',
): AiCall['request'] => ({
  model,
  system: more === '' ? systemPrompt : `${systemPrompt}\n\n${more}`,
  messages,
  knowledge,
  maxOutputTokens,
  temperature,
  thinking,
});

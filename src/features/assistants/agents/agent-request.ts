import type { KnowledgeExcerpt, ModelMessage } from '../../../ports/assistants/language-model.js';
import type { AiCall } from '../gateway/ai-call.js';
import type { AgentSettings } from './agent.js';

type Answering = Pick<
  AgentSettings,
  'systemPrompt' | 'model' | 'temperature' | 'maxOutputTokens' | 'thinking'
>;

/** What a model is asked by an agent. */
export const requestBy = (
  { systemPrompt, model, temperature, maxOutputTokens, thinking }: Answering,
  messages: readonly ModelMessage[],
  knowledge: readonly KnowledgeExcerpt[],
): AiCall['request'] => ({
  model,
  system: systemPrompt,
  messages,
  knowledge,
  maxOutputTokens,
  temperature,
  thinking,
});

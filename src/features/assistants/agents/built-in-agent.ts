import { chatPolicy, defaultSystem } from '../../../../config/policy/assistants/chat.js';

/** Who answers where there is no agent. Its instructions are public. */
export const builtInAgent = {
  systemPrompt: defaultSystem,
  model: null,
  temperature: null,
  maxOutputTokens: chatPolicy.answerTokens,
  thinking: 'off',
} as const;

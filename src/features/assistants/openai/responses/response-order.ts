import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import type { ModelOptions } from '../../../../ports/assistants/language-model.js';
import { toJsonSchema, toThinking, toToolChoice } from '../completions/completion-order.js';
import { fault, isObject, type OpenAiRequest } from '../openai-request.js';
import { readTool, requireKnownTools } from '../openai-tools.js';
import type { CreateResponseRequest } from './response.dto.js';
import { readItems } from './response-items.js';

/** @throws Problem `validation_failed` */
export function toResponseOrder(body: CreateResponseRequest): OpenAiRequest {
  if (body.store === true) throw fault('store', 'unsupported', 'must be false: nothing is kept here');
  if (body.background === true) throw fault('background', 'unsupported', 'must be false');
  const effort = body.reasoning?.['effort'] ?? null;
  if (effort !== null && typeof effort !== 'string')
    throw fault('reasoning.effort', 'malformed', 'must be text');
  return {
    model: body.model,
    isStream: body.stream ?? false,
    includesUsage: true,
    request: {
      ...readItems(body.input, body.instructions ?? null),
      knowledge: [],
      maxOutputTokens: body.max_output_tokens ?? openAiPolicy.answerTokens,
      temperature: body.temperature ?? null,
      thinking: toThinking(effort),
      options: optionsOf(body),
    },
  };
}

function optionsOf(body: CreateResponseRequest): ModelOptions {
  const tools = (body.tools ?? []).map((tool, at) => {
    if (tool['type'] !== 'function') throw fault(`tools.${at}.type`, 'unsupported', 'must be function');
    return readTool(tool, `tools.${at}`);
  });
  const toolChoice = toToolChoice(body.tool_choice, (choice) => choice['name']);
  requireKnownTools(tools, toolChoice);
  return {
    tools,
    toolChoice,
    parallelToolCalls: body.parallel_tool_calls ?? null,
    topP: body.top_p ?? null,
    stop: [],
    presencePenalty: null,
    frequencyPenalty: null,
    seed: null,
    json: formatOf(body.text?.['format']),
  };
}

function formatOf(format: unknown): ModelOptions['json'] {
  if (format === undefined || format === null) return null;
  if (isObject(format)) {
    if (format['type'] === 'text') return null;
    if (format['type'] === 'json_object') return { name: null, schema: null };
    if (format['type'] === 'json_schema') return toJsonSchema(format, 'text.format');
  }
  throw fault('text.format', 'unsupported', 'must be text, json_object or json_schema');
}

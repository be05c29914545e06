import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import type { ModelOptions, ModelRequest } from '../../../../ports/assistants/language-model.js';
import { fault, isObject, type OpenAiRequest } from '../openai-request.js';
import { readSchema, readTool, requireKnownTools } from '../openai-tools.js';
import type { ChatCompletionRequest } from './completion.dto.js';
import { readMessages } from './completion-messages.js';

type Json = Readonly<Record<string, unknown>>;

/** @throws Problem `validation_failed` */
export function toCompletionOrder(body: ChatCompletionRequest): OpenAiRequest {
  refuseWhatIsNotDone(body);
  const isStream = body.stream ?? false;
  const options = body.stream_options ?? null;
  if (options !== null && !isStream) throw fault('stream_options', 'unsupported', 'needs stream');
  return {
    model: body.model,
    isStream,
    includesUsage: options?.include_usage ?? false,
    request: {
      ...readMessages(body.messages),
      knowledge: [],
      maxOutputTokens: body.max_completion_tokens ?? body.max_tokens ?? openAiPolicy.answerTokens,
      temperature: body.temperature ?? null,
      thinking: toThinking(body.reasoning_effort ?? null),
      options: optionsOf(body),
    },
  };
}

function refuseWhatIsNotDone({ store, logprobs }: ChatCompletionRequest): void {
  if (store === true) throw fault('store', 'unsupported', 'must be false: nothing is kept here');
  if (logprobs === true) throw fault('logprobs', 'unsupported', 'must be false');
}

/** @throws Problem `validation_failed` */
export function toThinking(effort: string | null): ModelRequest['thinking'] {
  if (effort === null || effort === 'none' || effort === 'minimal') return 'off';
  if (effort === 'low' || effort === 'medium' || effort === 'high') return effort;
  throw fault('reasoning', 'unsupported', 'must be none, minimal, low, medium or high');
}

function optionsOf(body: ChatCompletionRequest): ModelOptions {
  const tools = (body.tools ?? []).map((tool, at) => {
    if (tool['type'] !== 'function' || !isObject(tool['function']))
      throw fault(`tools.${at}`, 'unsupported', 'must be a function');
    return readTool(tool['function'], `tools.${at}.function`);
  });
  const toolChoice = toToolChoice(body.tool_choice, (choice) =>
    isObject(choice['function']) ? choice['function']['name'] : undefined,
  );
  requireKnownTools(tools, toolChoice);
  return {
    tools,
    toolChoice,
    parallelToolCalls: body.parallel_tool_calls ?? null,
    topP: body.top_p ?? null,
    stop: toStops(body.stop),
    presencePenalty: body.presence_penalty ?? null,
    frequencyPenalty: body.frequency_penalty ?? null,
    seed: body.seed ?? null,
    json: toJsonFormat(body.response_format ?? null),
  };
}

/** `nameIn`: where the API puts the name of the function. @throws Problem `validation_failed` */
export function toToolChoice(choice: unknown, nameIn: (choice: Json) => unknown): ModelOptions['toolChoice'] {
  if (choice === undefined || choice === null) return null;
  if (choice === 'auto' || choice === 'none' || choice === 'required') return choice;
  const name = isObject(choice) && choice['type'] === 'function' ? nameIn(choice) : undefined;
  if (typeof name !== 'string')
    throw fault('tool_choice', 'malformed', 'must be auto, none, required or a function');
  return { tool: name };
}

function toStops(stop: unknown): readonly string[] {
  if (stop === undefined || stop === null) return [];
  const stops: readonly unknown[] = Array.isArray(stop) ? stop : [stop];
  const texts = stops.filter(
    (one): one is string => typeof one === 'string' && one !== '' && one.isWellFormed(),
  );
  const isShort = texts.every(({ length }) => length <= openAiPolicy.stopCharacters);
  if (texts.length < stops.length || stops.length > openAiPolicy.stops || !isShort)
    throw fault('stop', 'malformed', `must be at most ${openAiPolicy.stops} short texts`);
  return texts;
}

/** @throws Problem `validation_failed` */
function toJsonFormat(format: Json | null): ModelOptions['json'] {
  if (format === null || format['type'] === 'text') return null;
  if (format['type'] === 'json_object') return { name: null, schema: null };
  if (format['type'] !== 'json_schema' || !isObject(format['json_schema']))
    throw fault('response_format', 'unsupported', 'must be text, json_object or json_schema');
  return toJsonSchema(format['json_schema'], 'response_format.json_schema');
}

/** @throws Problem `validation_failed` */
export function toJsonSchema({ name, schema }: Json, field: string): ModelOptions['json'] {
  if (name !== undefined && (typeof name !== 'string' || !/^[\w-]{1,64}$/u.test(name)))
    throw fault(`${field}.name`, 'malformed', 'must be letters, digits, _ or -');
  return { name: name ?? null, schema: readSchema(schema, `${field}.schema`) };
}

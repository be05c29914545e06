import { openAiPolicy } from '../../../../config/policy/assistants/openai.js';
import { parseJson } from '../../../perimeter/http/json-body.js';
import type { ModelOptions, ModelTool, ToolCall } from '../../../ports/assistants/language-model.js';
import { fault, isObject } from './openai-request.js';

/** A function as a client declares it, of whichever API. */
interface DeclaredFunction {
  readonly name?: unknown;
  readonly description?: unknown;
  readonly parameters?: unknown;
  readonly strict?: unknown;
}

const name = new RegExp(openAiPolicy.toolNamePattern, 'u');

const isToolName = (value: unknown): value is string => typeof value === 'string' && name.test(value);

/** @throws Problem `validation_failed` */
export function readTool(declared: DeclaredFunction, field: string): ModelTool {
  const { description = null, parameters = null, strict = null } = declared;
  if (!isToolName(declared.name))
    throw fault(`${field}.name`, 'malformed', 'must be letters, digits, _ or -');
  if (description !== null && !isText(description, openAiPolicy.descriptionCharacters))
    throw fault(
      `${field}.description`,
      'malformed',
      `must be text of at most ${openAiPolicy.descriptionCharacters} characters`,
    );
  if (strict !== null && typeof strict !== 'boolean')
    throw fault(`${field}.strict`, 'malformed', 'must be true or false');
  return {
    name: declared.name,
    description,
    inputSchema: parameters === null ? noInput : readSchema(parameters, `${field}.parameters`),
    strict,
  };
}

const noInput = { type: 'object', properties: {} } as const;

/** A JSON schema is passed on as it is, within its size; who validates by it is the client. @throws Problem `validation_failed` */
export function readSchema(value: unknown, field: string): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw fault(field, 'malformed', 'must be a JSON schema');
  if (JSON.stringify(value).length > openAiPolicy.schemaCharacters)
    throw fault(field, 'max_length', `must have at most ${openAiPolicy.schemaCharacters} characters`);
  return value;
}

/** @throws Problem `validation_failed` */
export function requireKnownTools(tools: readonly ModelTool[], choice: ModelOptions['toolChoice']): void {
  if (new Set(tools.map((tool) => tool.name)).size < tools.length)
    throw fault('tools', 'duplicate', 'must have different names');
  if (choice === null || choice === 'auto' || choice === 'none') return;
  if (tools.length === 0) throw fault('tool_choice', 'unknown', 'needs tools');
  if (typeof choice === 'object' && !tools.some((tool) => tool.name === choice.tool))
    throw fault('tool_choice', 'unknown', 'names none of the tools');
}

/** A call that a model made earlier. Its input is an object in JSON, or nothing. @throws Problem `validation_failed` */
export function readToolCall(id: unknown, called: unknown, input: unknown, field: string): ToolCall {
  if (!isText(id, openAiPolicy.callIdCharacters))
    throw fault(`${field}.id`, 'malformed', 'must be the id of a call');
  if (!isToolName(called)) throw fault(`${field}.name`, 'malformed', 'must be the name of a tool');
  const value = input === '' ? {} : typeof input === 'string' ? parsed(input) : null;
  if (!isObject(value)) throw fault(`${field}.arguments`, 'malformed', 'must be an object in JSON');
  // As it will be sent: what is counted is what is charged.
  return { id, name: called, input: JSON.stringify(value) };
}

/** Null for what is no JSON, and for what is too large or too deep. */
function parsed(text: string): unknown {
  if (text.length > openAiPolicy.toolInputCharacters) return null;
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}

/** Text that can be stored and sent, of at least one character. */
const isText = (value: unknown, atMost: number): value is string =>
  typeof value === 'string' && value !== '' && value.length <= atMost && isSound(value);

/** Without NUL and lone surrogates. */
export const isSound = (value: string): boolean => value.isWellFormed() && !value.includes('\0');

import type { ModelRequest } from '../../../ports/assistants/language-model.js';
import { Problem } from '../../../errors/problem.js';

/** What a client of OpenAI asks a language model. */
export interface OpenAiRequest {
  readonly model: string;
  readonly request: Omit<ModelRequest, 'model'>;
  readonly isStream: boolean;
  /** Whether a stream of chat completions ends with a chunk of its usage. */
  readonly includesUsage: boolean;
}

/** A refusal of one field. `message` continues its name. */
export const fault = (field: string, code: string, message: string): Problem =>
  new Problem('validation_failed', { errors: [{ field, code, message }] });

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The members of a class alone, which can be copied. */
export type Plain<T> = { [Name in keyof T]: T[Name] };

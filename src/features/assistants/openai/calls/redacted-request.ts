import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ModelMessage, ModelRequest } from '../../../../ports/assistants/language-model.js';
import { redact } from '../../../../redaction/redactor.js';

/** The same request without personal data in its texts. The schemas of tools are code, and stay. Others are served between two messages. */
export async function redacted<T extends Pick<ModelRequest, 'system' | 'messages'>>(request: T): Promise<T> {
  const { system } = request;
  const messages: ModelMessage[] = [];
  for (const message of request.messages) {
    messages.push(redactedMessage(message));
    await nextTurn();
  }
  return { ...request, system: system === null ? null : redact(system), messages };
}

function redactedMessage(message: ModelMessage): ModelMessage {
  const text = redact(message.text);
  if (message.role !== 'assistant' || message.toolCalls === undefined) return { ...message, text };
  const toolCalls = message.toolCalls.map((call) => ({
    ...call,
    // Only the texts within: a number that were replaced would leave no JSON.
    input: JSON.stringify(redactedValue(JSON.parse(call.input))),
  }));
  return { ...message, text, toolCalls };
}

function redactedValue(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(redactedValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, redactedValue(member)]));
}

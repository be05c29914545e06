import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ModelMessage, ModelRequest } from '../../../../ports/assistants/language-model.js';
import type { ReversibleRedaction } from '../../../../redaction/reversible-redaction.js';

/** The same request without personal data in its texts. The schemas of tools are code, and stay. Others are served between two messages. */
export async function redacted<T extends Pick<ModelRequest, 'system' | 'messages'>>(
  request: T,
  redaction: ReversibleRedaction,
): Promise<T> {
  const { system } = request;
  const messages: ModelMessage[] = [];
  for (const message of request.messages) {
    messages.push(redactedMessage(message, redaction));
    await nextTurn();
  }
  return { ...request, system: system === null ? null : redaction.redact(system), messages };
}

function redactedMessage(message: ModelMessage, redaction: ReversibleRedaction): ModelMessage {
  const text = redaction.redact(message.text);
  if (message.role !== 'assistant' || message.toolCalls === undefined) return { ...message, text };
  const toolCalls = message.toolCalls.map((call) => ({
    ...call,
    // Only the texts within: a number that were replaced would leave no JSON.
    input: JSON.stringify(redactedValue(JSON.parse(call.input), redaction)),
  }));
  return { ...message, text, toolCalls };
}

function redactedValue(value: unknown, redaction: ReversibleRedaction): unknown {
  if (typeof value === 'string') return redaction.redact(value);
  if (Array.isArray(value)) return value.map((member) => redactedValue(member, redaction));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, redactedValue(member, redaction)]),
  );
}

import { asciiPerToken, tokensPerMessage } from '../../../../../config/policy/assistants/calls.js';
import { chatPolicy } from '../../../../../config/policy/assistants/chat.js';

/** A message of a conversation. */
export interface SaidMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

/** The same by its place in the conversation. */
export interface NumberedMessage extends SaidMessage {
  readonly number: number;
}

export interface HistoryWindow {
  /** Oldest first; the first is a question, the last the latest one. */
  readonly shown: readonly SaidMessage[];
  /** What came before them, the latest last; empty when everything is shown. */
  readonly summary: string;
  /** The number of the last message that the summary covers; 0: of none. */
  readonly summarisedTo: number;
}

/** What was said before and how far, as the conversation keeps it. */
export interface Summary {
  readonly text: string;
  readonly to: number;
}

/**
 * What of a conversation a model is shown: the latest messages that fit into the window, and a summary of those before. The
 * latest message is always shown. `messages`: the latest ones, oldest first.
 */
export function windowOf(messages: readonly NumberedMessage[], before: Summary): HistoryWindow {
  let tokens = 0;
  let first = messages.length;
  while (first > 0) {
    tokens += tokensOf(messages[first - 1]?.text ?? '');
    if (tokens > chatPolicy.windowTokens && first < messages.length) break;
    first--;
  }
  // A conversation that a model is shown begins with a question.
  while (first < messages.length - 1 && messages[first]?.role === 'assistant') first++;
  const fallen = messages.slice(0, first).filter(({ number }) => number > before.to);
  return {
    shown: messages.slice(first).map(({ role, text }) => ({ role, text })),
    summary: summaryOf(before.text, fallen),
    summarisedTo: fallen.at(-1)?.number ?? before.to,
  };
}

/** The beginnings of what fell out, line by line; the oldest lines go first when it is too long. */
function summaryOf(before: string, fallen: readonly NumberedMessage[]): string {
  const lines = [
    ...(before === '' ? [] : before.split('\n')),
    ...fallen.map(({ role, text }) => `${role}: ${beginningOf(text)}`),
  ];
  let length = lines.reduce((sum, line) => sum + line.length + 1, 0);
  while (length > chatPolicy.summaryCharacters && lines.length > 1)
    length -= (lines.shift()?.length ?? 0) + 1;
  return lines.join('\n');
}

function beginningOf(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= chatPolicy.summarisedCharacters
    ? line
    : `${characters.slice(0, chatPolicy.summarisedCharacters).join('')}…`;
}

/** Never fewer than a tokeniser would count, by far most of the time: other letters than ASCII count as one each. */
function tokensOf(text: string): number {
  let others = 0;
  for (const character of text) if (character > '\u007f') others++;
  return Math.ceil((text.length - others) / asciiPerToken) + others + tokensPerMessage;
}

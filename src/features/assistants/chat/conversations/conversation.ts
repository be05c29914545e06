import type { FallbackReason } from '../../gateway/ai-call.js';

export interface Conversation {
  readonly id: string;
  readonly title: string;
  /** Null: none. */
  readonly agentId: string | null;
  readonly messagesCount: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** `whole`; `stopped` by its owner; `broken` off: the rest never came. */
export type AnswerEnding = 'whole' | 'stopped' | 'broken';
export type Feedback = 'up' | 'down';

export interface ChatMessage {
  /** From 1, in the order of the conversation. */
  readonly number: number;
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  /** Ids of the owner's files, some of which may be gone. */
  readonly attachments: readonly string[];
  /** Of an answer; null of a question. */
  readonly answer: {
    readonly path: 'ai' | 'fallback';
    readonly reason: FallbackReason | null;
    readonly model: string | null;
    readonly ended: AnswerEnding;
    readonly feedback: Feedback | null;
    /** Entries that it was given from. */
    readonly sources: readonly { readonly id: string; readonly title: string }[];
  } | null;
  readonly createdAt: Date;
}

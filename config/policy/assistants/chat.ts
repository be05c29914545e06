/** Conversations with assistants. */
export const chatPolicy = {
  /** Characters of a message. */
  messageCharacters: 4000,
  /** Messages that a client may send along, of which only the last one is read. */
  sentMessages: 1000,
  titleCharacters: 200,
  /** Characters of a title that is made of the first message. */
  madeTitleCharacters: 80,
  perUser: 1000,
  perVisitor: 50,
  messagesPerConversation: 20_000,
  /** Of a visitor's conversation: it moves into an account in one statement, within its time. */
  messagesOfVisitor: 200,
  /** Tokens of the conversation that a model is shown, besides the summary; the latest message is always shown. */
  windowTokens: 6000,
  /** Messages that are looked at for the window. */
  windowMessages: 200,
  /** Characters of the summary of what fell out of the window, and of what each message leaves there. */
  summaryCharacters: 2000,
  summarisedCharacters: 200,
  answerTokens: 1024,
  /** More than any answer has. */
  answerCharacters: 1_000_000,
  /** Pictures that a question may show, and bytes of one. */
  attachments: 3,
  attachmentBytes: 4 * 1024 ** 2,
  messageIdCharacters: 64,
  /** Milliseconds between two writes of the parts of all answers that are given here. */
  flushEveryMs: 200,
  /** An answer whose instance says nothing for so long is lost: milliseconds. */
  lostAfterMs: 10_000,
  sweepEveryMs: 5000,
  sweepBatch: 100,
  /** Milliseconds that the parts of an ended answer are kept, for those who still read them. */
  keepPartsMs: 60_000,
  /** Milliseconds between two looks of a client that came back. */
  resumeEveryMs: 200,
  /** Bytes that a client may leave unread before it is disconnected; it may come back. */
  unreadBytes: 1_000_000,
  /** Tries to write the end of an answer, and milliseconds before the second, twice as many before the third, and so on; then the sweep writes it. */
  finishTries: 15,
  finishRetryMs: 250,
} as const;

/** What assistants are told of themselves. It is no secret, and holds none. */
export const defaultSystem =
  'You are a helpful assistant. Answer briefly and in the language of the question. Say so when you do not know.';

/** Answers where no model answers, by the reason. */
export const fallbackTexts = {
  ai_disabled: 'Answers are switched off at the moment. Please try again later.',
  consent_missing:
    'You have not agreed that what you write goes to an AI provider, or no longer. You can agree in your privacy settings.',
  provider_unavailable: 'I cannot reach the language model at the moment. Please try again in a minute.',
  user_rate_limit: 'You have sent many messages within a minute. Please try again in a minute.',
  global_rate_limit: 'Many people are writing at the moment. Please try again in a minute.',
  budget_exceeded: 'The budget for answers is spent for now. Please try again tomorrow.',
  ai_timeout: 'The answer took too long. Please try again.',
  ai_error: 'I could not answer that. Please put it in another way.',
} as const;

/** An id of a conversation, which a client may make. */
export const conversationId = { min: 1, max: 64, pattern: '^[A-Za-z0-9_-]+$' } as const;

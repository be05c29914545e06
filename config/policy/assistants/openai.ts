/** What clients of the OpenAI-compatible routes may send. Characters, counts, milliseconds. */
export const openAiPolicy = {
  modelCharacters: 200,
  messages: 1000,
  tools: 128,
  toolNamePattern: '^[a-zA-Z0-9_-]{1,64}$',
  descriptionCharacters: 4096,
  /** Of the JSON of one tool's schema, and of the schema of an answer. */
  schemaCharacters: 32_768,
  callIdCharacters: 256,
  toolCallsPerMessage: 128,
  /** Characters of the input of a tool call that a client sends back. */
  toolInputCharacters: 200_000,
  stops: 4,
  stopCharacters: 256,
  /** Tokens of an answer where the client names none, and at most. */
  answerTokens: 4096,
  mostAnswerTokens: 16_384,
  /** Characters of an answer: more than any has. */
  answerCharacters: 1_000_000,
  /** Running answers of one account, and of an instance. */
  perUser: 20,
  perInstance: 1000,
  aliveCheckMs: 1000,
  concurrentChecks: 4,
  /** Bytes that a client may leave unread before its answer waits for it. */
  unreadBytes: 256 * 1024,
  /** Milliseconds that it waits; then the client is disconnected. */
  stalledMs: 10_000,
  /** For so long a repeated call for a picture joins the first one. */
  imageRepeatMs: 600_000,
  /** Milliseconds that the answer with a picture may take to be read. */
  imageSendMs: 60_000,
  imagePromptCharacters: 2000,
  purgeEverySeconds: 300,
  purgeBatch: 1000,
} as const;

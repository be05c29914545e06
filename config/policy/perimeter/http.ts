/** Prefix of every route except the operators' and the probes'. */
export const apiPrefix = 'api/v1';

/** Below it stand the routes that clients of OpenAI call; errors there have OpenAI's shape. */
export const openAiPrefix = `${apiPrefix}/openai`;

/** Limits of size and duration of a request. Bytes, milliseconds, counts. */
export const requestLimits = {
  /** A prompt has at most 2,000 characters; nothing sent as JSON needs more than this. */
  jsonBodyBytes: 64 * 1024,
  /** Railway's edge passes up to 32 KB; our headers are much smaller. */
  headerBytes: 16 * 1024,
  /** The parser itself takes more, so that the refusal of up to this many has its CORS headers. */
  parsedHeaderBytes: 32 * 1024,
  urlBytes: 4096,
  queryParameters: 50,
  pathParamCharacters: 200,
  jsonDepth: 12,
  jsonValues: 1000,
  headerTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  timeoutCheckMs: 1000,
  /**
   * Longer than the 60 s for which the edge in front keeps idle connections, so that a connection is never closed while
   * the edge reuses it.
   */
  keepAliveTimeoutMs: 75_000,
  maxErrorsListed: 20,
} as const;

/** Paths of longer bodies: clients of chats send along what was said before. Bytes, values. */
export const longBodies: ReadonlyMap<string, { readonly bytes: number; readonly values: number }> = new Map([
  [`/${apiPrefix}/chat`, { bytes: 1024 * 1024, values: 20_000 }],
  [`/${openAiPrefix}/chat/completions`, { bytes: 1024 * 1024, values: 20_000 }],
  [`/${openAiPrefix}/responses`, { bytes: 1024 * 1024, values: 20_000 }],
]);

/** Where Meta delivers messages of Messenger. */
export const messengerPath = 'webhook/messenger';
/** Where Meta passes on requests for deletion, as a form. */
export const deletionPath = `${messengerPath}/data-deletion`;

/** Paths with a signed body: the raw bytes are kept beside the parsed body. */
export const signedBodyPaths: readonly string[] = [
  `/${apiPrefix}/webhooks/fal`,
  `/${apiPrefix}/webhook/inbound`,
  `/${messengerPath}`,
];
/** Largest such body in bytes, and that of a batch of Messenger; it is parsed only after its signature is verified. */
export const signedBodyBytes = 1024 * 1024;
export const messengerBodyBytes = 4 * 1024 * 1024;

/** Resumable uploads, and the version of their protocol (tus.io). */
export const uploadsPath = `${apiPrefix}/storage/uploads`;
export const tusVersion = '1.0.0';

/** Paths that accept files, and limits of a multipart body: bytes, counts. */
export const multipartPaths: readonly string[] = [
  `/${apiPrefix}/generations`,
  `/${apiPrefix}/storage/upload`,
];
export const multipartLimits = {
  /** Bytes of the whole body beside its file. */
  overhead: 256 * 1024,
  fieldNameSize: 64,
  fieldSize: 16 * 1024,
  fields: 12,
  files: 1,
  parts: 13,
  headerPairs: 32,
} as const;

/** Paths of the platform's probes: plain HTTP, from any address. */
export const probePaths: readonly string[] = ['', '/live', '/ready'].flatMap((end) => [
  `/health${end}`,
  `/${apiPrefix}/health${end}`,
]);

/** Responses below these paths contain secrets, which compression would reveal by length (BREACH). */
export const uncompressedPaths: readonly string[] = [
  `/${apiPrefix}/auth`,
  `/${apiPrefix}/api-keys`,
  `/${apiPrefix}/admin`,
  '/ops',
];
/** Least bytes of a response that is compressed. */
export const compressFromBytes = 1024;

/** Lifetime of the cached state of the database on the health routes. Milliseconds. */
export const healthCachedMs = 1000;

/** Milliseconds for running requests and generations to end after a stop signal. */
export const drainTimeoutMs = 8000;

/** Every route but the operators' and the probes' begins with this. */
export const apiPrefix = 'api/v1';

/** What a request may weigh and how long it may take. Bytes, milliseconds, counts. */
export const requestLimits = {
  /** A prompt has at most 2,000 characters; nothing sent as JSON needs more than this. */
  jsonBodyBytes: 64 * 1024,
  /** Railway's edge passes up to 32 KB; no header of ours comes near. */
  headerBytes: 16 * 1024,
  urlBytes: 4096,
  queryParameters: 50,
  pathParamCharacters: 200,
  jsonDepth: 12,
  jsonValues: 1000,
  headerTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  timeoutCheckMs: 1000,
  /** Longer than the 60 s for which the edge in front keeps idle connections, so that we never close under it. */
  keepAliveTimeoutMs: 75_000,
  maxErrorsListed: 20,
} as const;

/** Where a sender signs the bytes of its body: they are kept as they came, beside what they say. */
export const signedBodyPaths: readonly string[] = [`/${apiPrefix}/webhooks/fal`];
/** What such a body may weigh: it is not read before its signature is. */
export const signedBodyBytes = 1024 * 1024;

/** Which routes take files, and what a body with files may hold beside them: bytes, counts. */
export const multipartPaths: readonly string[] = [`/${apiPrefix}/generations`];
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

/** Asked by the platform's probes, in clear and from anywhere. */
export const probePaths: readonly string[] = ['', '/live', '/ready'].flatMap((end) => [
  `/health${end}`,
  `/${apiPrefix}/health${end}`,
]);

/** Answers below these carry secrets, and compression would let their length tell of them. */
export const uncompressedPaths: readonly string[] = [
  `/${apiPrefix}/auth`,
  `/${apiPrefix}/api-keys`,
  `/${apiPrefix}/admin`,
  '/ops',
];
/** Bytes from which compressing pays. */
export const compressFromBytes = 1024;

/** How old the answer of the database may be that the health routes tell. Milliseconds. */
export const healthCachedMs = 1000;

/** After a stop signal: how long running requests and generations may take to end. */
export const drainTimeoutMs = 8000;

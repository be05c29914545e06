const kilobyte = 1024;
const megabyte = 1024 * kilobyte;

/** What may be fetched, decoded and stored. Bytes, pixels, milliseconds, counts. */
export const mediaPolicy = {
  /** A picture that a model painted. The largest of the catalogue are four million pixels; upscaled ones come near 25. */
  result: { maxBytes: 32 * megabyte, timeoutMs: 120_000 },
  /** A picture that a user sends or links. Shorter than the timeout of the request that waits for it. */
  reference: { maxBytes: 10 * megabyte, timeoutMs: 20_000 },
  /** Never buffered in memory: this bounds the storage. The bucket has the same limit. */
  video: { maxBytes: 512 * megabyte, timeoutMs: 900_000 },
  picture: {
    /**
     * A decoded pixel is 4 bytes, 8 where channels have 16 bits. Measured at 25 million pixels, decoding and encoding
     * take 20 to 100 MB for JPEG and 8-bit PNG, 180 MB for interlaced 16-bit PNG, 320 MB for WebP, which holds the
     * picture three times.
     */
    maxPixels: 25_000_000,
    /** Of either side: whole rows are buffered. */
    maxSide: 16_384,
    /** Processor time of one decoding and encoding: 25 million pixels take up to eight seconds. */
    cpuSeconds: 30,
    /** Of a JPEG: each is a pass over the whole picture. Encoders write about ten. */
    maxScans: 100,
    jpegQuality: 92,
    webpQuality: 92,
  },
  /** Parallel decodings per instance: at worst 640 MB, at a usual 4 million pixels 100 MB. */
  decodedAtOnce: 2,
  /** Pictures of one instance whose bytes are in memory, decoded or waiting for it: at most 8 times 32 MB. */
  heldAtOnce: 8,
  /** Reference images have their own limits, so that many of them do not delay results. */
  references: {
    decodedAtOnce: 1,
    heldAtOnce: 4,
    waiting: 16,
    /** In parallel per account. */
    perUser: 2,
    /** Received: a photo of a phone has 12 million, seldom 25. */
    maxPixels: 25_000_000,
    /** Stored: models accept no more. Larger ones are scaled down while they are decoded. */
    fitPixels: 8_000_000,
    cpuSeconds: 10,
  },
  /** Uploaded pictures likewise. */
  uploads: { decodedAtOnce: 1, heldAtOnce: 4, waiting: 16 },
  /**
   * Processes that decode: milliseconds until an idle one ends and between looks at its processor time, and pictures after which
   * one is replaced.
   */
  decoder: { idleMs: 60_000, lookEveryMs: 50, ordersPerProcess: 500 },
  /** Callers that may wait; further ones get 503. */
  waiting: 64,
  /** First bytes of a video from which its kind is detected. */
  videoHeadBytes: 4 * kilobyte,
} as const;

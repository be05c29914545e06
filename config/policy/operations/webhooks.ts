/** Messages to the gateway (`POST /webhook/inbound`): tolerance of their time in seconds, characters of a header that are read. */
export const gatewayPolicy = {
  windowSeconds: 300,
  headerCharacters: 100,
  /** Days that a message to an agent is known by its id. */
  keepDays: 30,
  purgeEverySeconds: 600,
  purgeBatch: 500,
} as const;

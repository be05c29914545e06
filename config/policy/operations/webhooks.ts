/** Messages to the gateway (`POST /webhook/inbound`): tolerance of their time in seconds, characters of a header that are read. */
export const gatewayPolicy = { windowSeconds: 300, headerCharacters: 100 } as const;

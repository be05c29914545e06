/** Messages to the gateway (`POST /webhook/inbound`): tolerance of their time in seconds. */
export const gatewayPolicy = { windowSeconds: 300 } as const;

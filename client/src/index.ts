export { createClient, type Client, type ClientOptions, type EventsOptions } from './client.js';
export {
  VelroConnectionError,
  VelroError,
  VelroResponseError,
  VelroStoreError,
  type FieldError,
} from './errors.js';
export { indexedStore, type DatabaseFactory } from './session/indexed-store.js';
export {
  memoryStore,
  webStore,
  type KeyValueStorage,
  type StoredTokens,
  type TokenChange,
  type TokenStore,
} from './session/token-store.js';
export type { Answer, Call, Generation, GenerationEvent, GenerationOrder, ProblemCode } from './api.js';
export type { components, paths } from './schema.js';
export type { GenerateOptions } from './uploads/generate.js';

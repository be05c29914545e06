import type { FetchOptions, FetchResponse } from 'openapi-fetch';
import type { components, paths } from './schema.js';

type Schemas = components['schemas'];

/** `code` of a problem document. */
export type ProblemCode = Schemas extends { Problem: { code: infer Code extends string } } ? Code : string;

export type Generation = Schemas['GenerationResponse'];

/** What to make. `reference_image`: the picture to start from, a file of the page or of the disk. */
export type GenerationOrder = Schemas['CreateGenerationRequest'] & { readonly reference_image?: Blob };

/** An event of the stream of a generation; `data` is its state at that time. */
export interface GenerationEvent {
  readonly event: 'status' | 'progress' | 'completed' | 'failed' | 'cancelled';
  /** For `lastEventId`. */
  readonly id: string;
  readonly data: Generation;
}

export type Verb = 'get' | 'put' | 'post' | 'patch' | 'delete';

/** The paths that have this method. */
export type PathOf<Method extends Verb> = {
  [Path in keyof paths]: paths[Path] extends Record<Method, { responses: unknown }> ? Path : never;
}[keyof paths];

/** The operation of a path and a method. */
type Operation<Path extends keyof paths, Method extends Verb> =
  paths[Path] extends Record<Method, infer Found extends Record<string | number, unknown>> ? Found : never;

/** Parameters, body and `fetch` options of a call. What the client itself decides is left out. */
export type Init<Path extends keyof paths, Method extends Verb> = Omit<
  FetchOptions<Operation<Path, Method>>,
  'baseUrl' | 'fetch' | 'middleware' | 'parseAs' | 'method'
>;

/** Required where a parameter or a body is. */
export type InitArgument<Path extends keyof paths, Method extends Verb> =
  Partial<Init<Path, Method>> extends Init<Path, Method>
    ? [init?: Init<Path, Method>]
    : [init: Init<Path, Method>];

type BodyAs<Path extends keyof paths, Method extends Verb, Media extends `${string}/${string}`> = NonNullable<
  FetchResponse<Operation<Path, Method>, unknown, Media>['data']
>;

/** Where an operation has several media types, a call asks for JSON. */
type Body<Path extends keyof paths, Method extends Verb> = [
  BodyAs<Path, Method, 'application/json'>,
] extends [never]
  ? BodyAs<Path, Method, `${string}/${string}`>
  : BodyAs<Path, Method, 'application/json'>;

/** A successful answer. `data` is its parsed body, undefined for a status without one. */
export interface Answer<Path extends keyof paths, Method extends Verb> {
  readonly data: [Body<Path, Method>] extends [never] ? undefined : Body<Path, Method>;
  readonly response: Response;
}

/**
 * Calls an operation.
 * @throws VelroError, VelroResponseError, VelroConnectionError, VelroStoreError, and the reason of an aborted signal
 */
export type Call<Method extends Verb> = <Path extends PathOf<Method>>(
  path: Path,
  ...init: InitArgument<Path, Method>
) => Promise<Answer<Path, Method>>;

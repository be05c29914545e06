import {
  APICallError,
  type LanguageModelV4,
  type LanguageModelV4CallOptions,
  type LanguageModelV4StreamPart,
} from '@ai-sdk/provider';
import { leastThinking, modelBreaker, providerUrls } from '../../../config/policy/assistants/models.js';
import type { RemoteModelAccess } from '../../../config/config.js';
import {
  AnswerTimeout,
  LanguageModel,
  ModelFailed,
  type ModelCircuit,
  type ModelPart,
  type ModelRequest,
} from '../../ports/assistants/language-model.js';
import { CircuitBreaker } from '../circuit-breaker.js';
import { singleFetch } from './single-fetch.js';
import { optionsOf, PartReader, promptOf } from './ai-sdk-parts.js';

type Models = (model: string, fetch: typeof globalThis.fetch) => LanguageModelV4;
type Parts = ReadableStreamDefaultReader<LanguageModelV4StreamPart>;
/** The answer of a provider, and what is known of its parts. */
interface Opened {
  readonly reader: Parts;
  readonly parts: PartReader;
}

/** Loaded at the first call and not at boot: the packages take longer to load than the service. */
async function load({ provider, key, baseUrl }: RemoteModelAccess): Promise<Models> {
  const settings = { apiKey: key.reveal(), baseURL: baseUrl ?? providerUrls[provider] };
  if (provider === 'gemini') {
    const { createGoogleGenerativeAI } = await import('@ai-sdk/google');
    return (model, fetch) => createGoogleGenerativeAI({ ...settings, fetch })(model);
  }
  const { createOpenAI } = await import('@ai-sdk/openai');
  // Compatible services speak this form alone.
  return (model, fetch) => createOpenAI({ ...settings, fetch }).chat(model);
}

/** What a model is told about thinking; nothing where it knows no such setting. */
function reasoningOf({ model, thinking }: ModelRequest): Pick<LanguageModelV4CallOptions, 'reasoning'> {
  const least = leastThinking.get(model) ?? 'never';
  if (least === 'never') return {};
  return { reasoning: thinking === 'off' ? least : thinking };
}

/** Language models of Gemini, OpenAI and services that speak as OpenAI does, by the AI SDK's provider packages. */
export class AiSdkModel extends LanguageModel {
  readonly provider: RemoteModelAccess['provider'];
  private models: Promise<Models> | null = null;
  /** Callers who waited in vain since the last answer: at most as many as open the circuit. */
  private readonly keptWaiting = new Set<string>();
  private readonly breaker = new CircuitBreaker({
    ...modelBreaker,
    // It refused this request: it is there.
    showsLife: (error) => error instanceof ModelFailed && error.failure === 'failed',
    isCallersEnd: (signal) => signal.aborted && !this.isEvidence(signal.reason),
    refusal: () => new ModelFailed('unavailable', 'circuit open', false),
  });

  constructor(private readonly access: RemoteModelAccess) {
    super();
    this.provider = access.provider;
  }

  get circuit(): ModelCircuit {
    const { state, isResting } = this.breaker;
    // Behind its pause the next call asks.
    return state === 'open' && !isResting ? 'half_open' : state;
  }

  /** Loads the packages, so that the first call does not wait for them. */
  async warm(): Promise<void> {
    await this.load();
  }

  async *answer(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelPart> {
    const { reader, parts, first } = await this.breaker.run(() => this.open(request, signal), signal);
    try {
      for (let part: ModelPart | null = first; part !== null; part = await next({ reader, parts }, signal))
        yield part;
    } finally {
      // Also when nobody reads on: the request to the provider ends with its stream.
      reader.cancel().catch(() => undefined);
    }
  }

  /** One caller's questions may take too long for themselves: what several callers wait for in vain is not there. */
  private isEvidence(reason: unknown): boolean {
    if (!(reason instanceof AnswerTimeout) || this.keptWaiting.has(reason.caller)) return false;
    if (this.keptWaiting.size >= modelBreaker.failures) this.keptWaiting.clear();
    this.keptWaiting.add(reason.caller);
    return true;
  }

  /** Up to the first part: what comes before it says whether the provider is there. */
  private async open(
    request: ModelRequest,
    signal: AbortSignal,
  ): Promise<Opened & { readonly first: ModelPart }> {
    let reader: Parts | null = null;
    const { fetch, isSent } = singleFetch();
    try {
      const models = await this.load().catch(() => {
        throw new ModelFailed('unavailable', 'packages not loaded', false);
      });
      const { stream } = await models(request.model, fetch).doStream({
        prompt: promptOf(request),
        maxOutputTokens: request.maxOutputTokens,
        ...(request.temperature === null ? {} : { temperature: request.temperature }),
        ...reasoningOf(request),
        ...optionsOf(request.options),
        abortSignal: signal,
      });
      reader = stream.getReader();
      const parts = new PartReader();
      const first = await next({ reader, parts }, signal);
      if (first === null) throw new ModelFailed('failed', 'no answer', true);
      this.keptWaiting.clear();
      return { reader, parts, first };
    } catch (error) {
      reader?.cancel().catch(() => undefined);
      const failure = failureOf(error, signal);
      // Nobody charges for a request that could not be made.
      throw failure instanceof ModelFailed && !isSent()
        ? new ModelFailed(failure.failure, failure.why, false)
        : failure;
    }
  }

  private load(): Promise<Models> {
    this.models ??= load(this.access).catch((error: unknown) => {
      this.models = null;
      throw error;
    });
    return this.models;
  }
}

/** The next part that matters; null at the end. @throws ModelFailed, or what `signal` was aborted with */
async function next({ reader, parts }: Opened, signal: AbortSignal): Promise<ModelPart | null> {
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return null;
      const part = parts.read(value);
      if (part !== null) return part;
    }
  } catch (error) {
    throw failureOf(error, signal);
  }
}

/** Statuses by which a provider says that it cannot answer now, or will not answer us at all. */
const unavailableStatuses: ReadonlySet<number> = new Set([401, 402, 403, 408, 409, 425, 429]);

/** Keeps nothing of the error itself: it quotes the request and the answer. */
function failureOf(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (error instanceof ModelFailed) return error;
  if (!APICallError.isInstance(error)) return new ModelFailed('failed', 'answer unreadable', true);
  const { statusCode: status, responseHeaders } = error;
  // Refused within an answer that had begun.
  if (responseHeaders?.['content-type']?.startsWith('text/event-stream') === true)
    return new ModelFailed('failed', 'error within the answer', true);
  if (status === undefined) return new ModelFailed('failed', 'answer unreadable', true);
  if (status >= 200 && status < 300) return new ModelFailed('failed', 'answer unreadable', true);
  const isUnavailable = status >= 500 || unavailableStatuses.has(status);
  return new ModelFailed(isUnavailable ? 'unavailable' : 'failed', `status ${status}`, false);
}

import type { GenerationEvent } from '../api.js';
import type { Send } from '../calls/attempt.js';
import { PreparedRequest, type Pipeline } from '../calls/pipeline.js';
import { eventsPath } from '../calls/routes.js';
import { follow } from './follow.js';
import { generationEvents } from './generation-events.js';
import { streamPolicy, type StreamPolicy } from './stream-policy.js';

interface StreamsOptions {
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly pipeline: Pipeline;
  readonly send: Send;
  readonly policy?: StreamPolicy;
}

/** The event streams of the service. */
export class Streams {
  private readonly options: StreamsOptions;

  constructor(options: StreamsOptions) {
    this.options = options;
  }

  /** The events of a generation after the one of this id; empty: from its present state on. */
  events(
    id: string,
    signal: AbortSignal | null,
    lastId: string,
  ): AsyncGenerator<GenerationEvent, void, undefined> {
    const { baseUrl, policy = streamPolicy } = this.options;
    const url = baseUrl + eventsPath.replace('{id}', encodeURIComponent(id));
    const connect = (last: string, own: AbortSignal): Promise<Response> => this.connect(url, last, own);
    return generationEvents(follow({ connect, policy, signal, lastId }));
  }

  private connect(url: string, lastId: string, signal: AbortSignal): Promise<Response> {
    const { pipeline, send, headers: always } = this.options;
    const headers = new Headers({ ...always, accept: 'text/event-stream' });
    if (lastId !== '') headers.set('last-event-id', lastId);
    // A cache could answer with the events of a former connection.
    const request = new PreparedRequest(url, { headers, signal, credentials: 'omit', cache: 'no-store' });
    const credentials = headers.has('authorization') ? 'none' : 'session';
    return pipeline.send(request, { send, timeoutMs: null, repeats: false, credentials });
  }
}

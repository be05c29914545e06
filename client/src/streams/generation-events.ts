import type { GenerationEvent } from '../api.js';
import { VelroResponseError } from '../errors.js';
import type { RawEvent } from './event-parser.js';

/** Events that end a generation: nothing comes after them. */
const last = ['completed', 'failed', 'cancelled'] as const satisfies readonly GenerationEvent['event'][];
const known = ['status', 'progress', ...last] as const satisfies readonly GenerationEvent['event'][];

/**
 * The events of a generation up to the one that ends it. Events of a newer service are passed over.
 * @throws VelroResponseError for an event whose data are no JSON
 */
export async function* generationEvents(
  events: AsyncGenerator<RawEvent>,
): AsyncGenerator<GenerationEvent, void, undefined> {
  for await (const { event, id, data } of events) {
    if (!known.some((name) => name === event)) continue;
    yield { event, id, data: parse(data) } as GenerationEvent;
    if (last.some((name) => name === event)) return;
  }
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    const facts = { status: 200, requestId: null, retryAt: null, refusesRetry: false };
    throw new VelroResponseError(facts, 'text/event-stream', data);
  }
}

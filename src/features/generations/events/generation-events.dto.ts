import { ConstantProperty, ObjectProperty, TextProperty } from '../../../perimeter/output/properties.js';
import { GenerationResponse } from '../orders/generations.dto.js';

const eventId = { max: 9, pattern: '^[0-9]+$', description: 'Goes into Last-Event-ID of a reconnect.' };

// One class for each event of the stream: `event` tells them apart.

class GenerationStatusEvent {
  @ConstantProperty('status', { description: 'It waits in the queue.' }) event!: 'status';
  @TextProperty(eventId) id!: string;
  @ObjectProperty(GenerationResponse) data!: GenerationResponse;
}

class GenerationProgressEvent {
  @ConstantProperty('progress', { description: 'It is at the provider.' }) event!: 'progress';
  @TextProperty(eventId) id!: string;
  @ObjectProperty(GenerationResponse) data!: GenerationResponse;
}

class GenerationCompletedEvent {
  @ConstantProperty('completed', { description: 'The last event: its media are stored.' })
  event!: 'completed';
  @TextProperty(eventId) id!: string;
  @ObjectProperty(GenerationResponse) data!: GenerationResponse;
}

class GenerationFailedEvent {
  @ConstantProperty('failed', { description: 'The last event: its credits are back.' }) event!: 'failed';
  @TextProperty(eventId) id!: string;
  @ObjectProperty(GenerationResponse) data!: GenerationResponse;
}

class GenerationCancelledEvent {
  @ConstantProperty('cancelled', { description: 'The last event: its credits are back.' })
  event!: 'cancelled';
  @TextProperty(eventId) id!: string;
  @ObjectProperty(GenerationResponse) data!: GenerationResponse;
}

/** Every event of the stream. */
export const generationEvents = [
  GenerationStatusEvent,
  GenerationProgressEvent,
  GenerationCompletedEvent,
  GenerationFailedEvent,
  GenerationCancelledEvent,
] as const;

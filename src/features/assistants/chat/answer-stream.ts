import { applyDecorators } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  refs,
} from '@nestjs/swagger';
import { LongLived } from '../../../guards/route/long-lived.js';
import { chatEvents } from './chat.dto.js';

/** The schema of one event of an answer. */
export const answerEvent = (): { oneOf: { $ref: string }[] } => ({ oneOf: refs(...chatEvents) });

/** A route that gives a running answer from its start. `description`: where it is looked for. */
export const ResumesAnswer = (description: string): MethodDecorator =>
  applyDecorators(
    LongLived(),
    ApiOperation({ summary: 'Come back to a running answer', description }),
    ApiProduces('text/event-stream'),
    ApiExtraModels(...chatEvents),
    ApiOkResponse({
      schema: answerEvent(),
      description:
        "The AI SDK's UI message stream: the schema is that of one event. The last one is `[DONE]`; lines that begin with a colon keep the connection alive.",
    }),
    ApiNoContentResponse({ description: 'Nothing is being answered there.' }),
  );

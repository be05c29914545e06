import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../../../guards/route/caller.js';
import { Log } from '../../../observability/log.js';
import { openAiLimit } from '../../../perimeter/output/openai-limits.js';
import { Clock } from '../../../ports/clock.js';
import { Random } from '../../../ports/random.js';
import { TokenRoom } from './calls/token-room.js';
import { writeAnswer, type EventForm } from './calls/answer-events.js';
import { leavingOf } from './calls/client-leaving.js';
import { collect, type CollectedAnswer } from './calls/collected-answer.js';
import { OpenAiCalls } from './calls/openai-calls.service.js';
import type { OpenAiRequest } from './openai-request.js';

/** An answer that has begun, to be read whole or written as a stream. */
export interface BegunReply {
  /** Of the answer, without a prefix. */
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly model: string;
  /** @throws Problem where it breaks off */
  whole(): Promise<CollectedAnswer>;
  stream(form: EventForm): void;
}

/** Answers to clients of OpenAI, over the connection that asked for them. */
@Injectable()
export class AnswerService {
  constructor(
    private readonly calls: OpenAiCalls,
    private readonly room: TokenRoom,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly log: Log,
  ) {}

  /** @throws what OpenAiCalls.ask throws */
  async begin(
    caller: Caller,
    order: OpenAiRequest,
    requestId: string,
    reply: FastifyReply,
  ): Promise<BegunReply> {
    const answer = await this.calls.ask(caller, order, { requestId, left: leavingOf(reply) });
    await this.tellRoom(caller, order, reply);
    return {
      id: this.random.timeOrderedUuid().replaceAll('-', ''),
      created: Math.floor(this.clock.now() / 1000),
      model: answer.model,
      whole: () => collect(answer.parts),
      stream: (form) => {
        void writeAnswer(reply, answer, form, (cause) => {
          this.log.error('a stream for a client of OpenAI failed', { cause, request_id: requestId });
        });
      },
    };
  }

  /** Tokens that are left of one's budgets. An answer is not refused because that cannot be read. */
  private async tellRoom(caller: Caller, { model }: OpenAiRequest, reply: FastifyReply): Promise<void> {
    const payer = { kind: 'person' as const, userId: caller.userId, key: caller.key };
    const room = await this.room.of(payer, model).catch((cause: unknown) => {
      this.log.debug('the tokens that are left could not be read', { cause });
      return null;
    });
    if (room !== null)
      void reply.headers(openAiLimit('tokens', room.limit, room.remaining, room.resetSeconds));
  }
}

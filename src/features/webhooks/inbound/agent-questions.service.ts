import { Injectable } from '@nestjs/common';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import type { ClientContext } from '../../../network/client-context.js';
import { ChatService, type ChatOrder } from '../../assistants/chat/runs/chat.service.js';
import { UsersService, type User } from '../../users/users.service.js';
import { GatewayMessagesRepository } from './gateway-messages.repository.js';
import type { AgentQuestion } from './message-reader.js';

/** The same message is being handed over by another request. */
class HandedOver extends Error {
  override readonly name = 'HandedOver';
}

/**
 * Hands questions of other systems to agents, in the name of an account, which pays. The question is stored, once, before the message is
 * acknowledged; its answer is read in the conversation, and told by `conversation.answered`. A message that no model answered may be sent
 * again, and is asked again.
 */
@Injectable()
export class AgentQuestions {
  constructor(
    private readonly chat: ChatService,
    private readonly users: UsersService,
    private readonly messages: GatewayMessagesRepository,
  ) {}

  /**
   * `isNew`: false where the message was handed over before.
   * @throws Problem `not_found`, and those of a question
   */
  async hand(
    { id, userId, text, agentId, conversationId }: AgentQuestion,
    client: ClientContext,
  ): Promise<{ readonly isNew: boolean; readonly conversationId: string }> {
    const user = await this.users.find(userId);
    if (user?.disabledAt !== null) throw new Problem('not_found');
    const earlier = await this.messages.find(userId, id);
    if (earlier?.isUnanswered === false) return { isNew: false, conversationId: earlier.conversationId };
    const order: ChatOrder = {
      conversationId,
      question: { id: null, text, attachments: [] },
      repeatedId: null,
      shape: 'whole',
      agentId,
      origin: null,
      client,
    };
    try {
      const run = await this.chat.start(callerOf(user), order, async (tx, begun) => {
        const message = { userId, id, earlier: earlier?.runId ?? null };
        if (!(await this.messages.claim(tx, message, begun))) throw new HandedOver();
      });
      return { isNew: true, conversationId: run.conversationId };
    } catch (error) {
      if (!(error instanceof HandedOver)) throw error;
      const other = await this.messages.find(userId, id);
      // The account was deleted meanwhile.
      if (other === null) throw new Problem('not_found');
      return { isNew: false, conversationId: other.conversationId };
    }
  }
}

/** The account itself, by no token: what a message does is not more than what its owner may. */
const callerOf = ({ id, epoch }: User): Caller => ({
  userId: id,
  sessionId: 'gateway',
  tokenId: 'gateway',
  role: 'user',
  ver: epoch,
  authTime: 0,
  issuedAt: 0,
  expiresAt: Number.MAX_SAFE_INTEGER,
  scopes: null,
  key: null,
});

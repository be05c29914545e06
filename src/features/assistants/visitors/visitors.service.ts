import { Injectable } from '@nestjs/common';
import { visitorTokenPolicy } from '../../../../config/policy/accounts/tokens.js';
import { Database } from '../../../database/database.js';
import { Problem } from '../../../errors/problem.js';
import type { Caller } from '../../../guards/route/caller.js';
import { TokenRefused } from '../../../guards/token/token-refused.js';
import { VisitorTokens, type VisitorClaims } from '../../../guards/token/visitor-tokens.js';
import { Clock } from '../../../ports/clock.js';
import { Random } from '../../../ports/random.js';
import { Revocations, type Revocation } from '../../../ports/revocations.js';
import { AgentsService } from '../agents/agents.service.js';
import { VisitorsRepository } from './visitors.repository.js';

/** A token, and whose it is. */
export interface VisitorToken {
  readonly token: string;
  readonly visitorId: string;
  readonly agentId: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** Visitors of a site: its backend asks for their tokens, they ask one agent, and may take their conversations along into an account. */
@Injectable()
export class VisitorsService {
  constructor(
    private readonly database: Database,
    private readonly visitors: VisitorsRepository,
    private readonly agents: AgentsService,
    private readonly tokens: VisitorTokens,
    private readonly revocations: Revocations,
    private readonly random: Random,
    private readonly clock: Clock,
  ) {}

  /**
   * A token for a visitor. `visitorId`: of one who came before; one that this key's site does not know becomes a new one.
   * @throws Problem `agent_unknown`
   */
  async mint(caller: Caller, agentId: string, visitorId: string | null): Promise<VisitorToken> {
    const agent = await this.agents.choose(agentId, null);
    if (agent?.isPublic !== true) throw new Problem('agent_unknown');
    const isKnown = visitorId !== null && (await this.visitors.isKnown(caller, visitorId));
    const id = isKnown ? visitorId : this.random.timeOrderedUuid();
    const now = Math.floor(this.clock.now() / 1000);
    // Never longer than the key itself.
    const expiresAt = Math.min(now + visitorTokenPolicy.lifetimeSeconds, caller.expiresAt);
    const token = this.tokens.sign({
      visitorId: id,
      agentId,
      keyId: caller.sessionId,
      ownerId: caller.userId,
      epoch: caller.ver,
      issuedAt: now,
      expiresAt,
    });
    return { token, visitorId: id, agentId, expiresIn: expiresAt - now };
  }

  /**
   * Moves a visitor's conversations to the account of whoever holds both tokens; the visitor's tokens die with it.
   * @throws Problem `visitor_token_invalid`, `address_unproven`, `conversations_exceeded`
   */
  async claim(caller: Caller, text: string): Promise<number> {
    const claims = await this.verify(text);
    const { visitorId } = claims;
    const expiresAt = new Date(this.clock.now() + visitorTokenPolicy.lifetimeSeconds * 1000);
    const revocation: Revocation = { kind: 'jti', subject: visitorId, expiresAt };
    const moved = await this.database.transaction(async (tx) => {
      if (!(await this.visitors.hasProvenAddress(tx, caller))) throw new Problem('address_unproven');
      await this.revocations.revoke(tx, [revocation]);
      if (!(await this.visitors.end(tx, claims))) throw new Problem('visitor_token_invalid');
      const count = await this.visitors.move(tx, caller, visitorId);
      if (count === null) throw new Problem('conversations_exceeded');
      return count;
    });
    this.revocations.applied([revocation]);
    return moved;
  }

  /** @throws Problem `visitor_token_invalid` */
  private async verify(text: string): Promise<VisitorClaims> {
    try {
      const claims = this.tokens.verify(text, this.clock.now());
      const { visitorId, keyId, ownerId, epoch, issuedAt } = claims;
      const named = { jti: visitorId, sid: keyId, sub: ownerId, ver: epoch, iat: issuedAt };
      if (!(await this.revocations.isRevoked(named))) return claims;
    } catch (error) {
      if (!(error instanceof TokenRefused)) throw error;
    }
    throw new Problem('visitor_token_invalid');
  }
}

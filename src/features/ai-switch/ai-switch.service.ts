import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { aiSwitchPolicy } from '../../../config/policy/generations/ai-switch.js';
import { Problem } from '../../errors/problem.js';
import { SecurityEvents } from '../../observability/security-events.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { AiSwitchRepository } from './ai-switch.repository.js';
import type { ClientContext } from '../../network/client-context.js';
import { aiSwitched } from './ai-switch.events.js';

export interface SwitchState {
  /** Whether a provider may be called: AI_ENABLED and `stored`. */
  readonly effective: boolean;
  /** The value set by the operator, the same on every instance and after a restart. */
  readonly stored: boolean;
  readonly changedAt: Date;
}

export interface Toggled {
  readonly enabled: boolean;
  readonly previous: boolean;
}

/**
 * The kill switch: one flag in the database, read before every call of a provider. Statements that read
 * `velro.ai_switch` themselves must check `isAllowedHere` as well.
 */
@Injectable()
export class AiSwitch {
  /** AI_ENABLED: while it is false, the flag in the database has no effect. */
  readonly isAllowedHere: boolean;

  constructor(
    @Inject(CONFIG) config: Pick<Config, 'ai'>,
    private readonly stored: AiSwitchRepository,
    private readonly audit: AuditTrail,
    private readonly events: SecurityEvents,
  ) {
    this.isAllowedHere = config.ai.enabled;
  }

  /** Always queries the database: a cached value may be stale. */
  async read(): Promise<SwitchState> {
    const { enabled, changedAt } = await this.stored.read();
    return { effective: this.isAllowedHere && enabled, stored: enabled, changedAt };
  }

  /** @throws Problem `ai_disabled_by_configuration` when `enabled` and AI_ENABLED is false */
  async toggle(enabled: boolean, client: ClientContext): Promise<Toggled> {
    if (enabled && !this.isAllowedHere) throw new Problem('ai_disabled_by_configuration');
    const entry = { action: 'ai.switched', subjectId: null, details: { enabled, by: 'operator' } } as const;
    const stored = await this.stored.set(enabled, (tx) => this.audit.entry(tx, entry, client));
    const previous = this.isAllowedHere && stored;
    if (stored !== enabled) aiSwitched(this.events, client, enabled);
    return { enabled, previous };
  }
}

export const aiDisabled = (): Problem =>
  new Problem('ai_disabled', { headers: { 'retry-after': String(aiSwitchPolicy.retryAfterSeconds) } });

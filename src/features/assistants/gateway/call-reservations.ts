import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../../config/config.js';
import { modelCallPolicy } from '../../../../config/policy/assistants/calls.js';
import { Random } from '../../../ports/random.js';
import { externalAiConsentOf, type ExternalAiConsent } from '../../consents/external-ai.js';
import { BudgetAlerts } from '../../usage/budgets/budget-alerts.js';
import { languageScope } from '../../usage/budgets/budget-periods.js';
import { AiCallsRepository } from './ai-calls.repository.js';
import type { AiCall, FallbackReason, Payer } from './ai-call.js';
import { CallBudget } from './call-budget.js';
import { CallPictures, type OpenRequest } from './pictures/call-pictures.js';
import { highestCostOf } from './call-price.js';
import type { PricedModel } from './priced-models.js';

/** A reservation that holds until it is settled. */
export interface HeldCall {
  readonly id: string;
  /** Of the person's balance. */
  readonly credits: number;
}

/** Reserves calls at the most they can cost, and their credits, in the statement that reads the kill switch. */
@Injectable()
export class CallReservations {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'privacy'>,
    private readonly calls: AiCallsRepository,
    private readonly budget: CallBudget,
    private readonly random: Random,
    private readonly alerts: BudgetAlerts,
    private readonly pictures: CallPictures,
  ) {}

  async reserve(
    call: AiCall,
    { provider, name, price, credits: listed }: PricedModel,
  ): Promise<HeldCall | 'ai_disabled' | 'consent_missing' | 'budget_exceeded'> {
    const { payer } = call;
    const id = this.random.timeOrderedUuid();
    // Nobody else has a balance.
    const credits = payer.kind === 'person' ? listed : 0;
    const refusal = await this.calls.reserve({
      id,
      purpose: call.purpose,
      userId: payer.kind === 'person' ? payer.userId : null,
      keyId: payer.kind === 'person' ? (payer.key?.id ?? null) : null,
      visitorId: payer.kind === 'visitor' ? payer.visitorId : null,
      agentId: call.agent?.id ?? null,
      provider: provider.provider,
      model: name,
      reserved: highestCostOf(price, call.request, call.pictures?.count ?? 0),
      credits,
      consent: this.consentOf(payer, provider),
      expiresMs: modelCallPolicy.streamTotalMs + modelCallPolicy.settleGraceMs,
      sums: this.budget.sharesOf(call),
    });
    if (refusal === null) return { id, credits };
    if (refusal === 'ai_disabled' || refusal === 'consent_missing') return refusal;
    // Of credits too: they are refused before, where the balance is read, and here to whoever spent them meanwhile.
    const [scope = '', period = ''] = refusal.split(' ');
    if (scope === languageScope) this.alerts.refused(scope, period);
    return 'budget_exceeded';
  }

  /** Whether the person of a reserved call still lets the provider have what they write. */
  async hasConsent({ payer }: AiCall, { provider }: PricedModel): Promise<boolean> {
    const consent = this.consentOf(payer, provider);
    return consent === null || payer.kind !== 'person' || (await this.calls.allows(payer.userId, consent));
  }

  private consentOf({ kind }: Payer, { provider }: PricedModel['provider']): ExternalAiConsent | null {
    return kind === 'person'
      ? externalAiConsentOf(provider !== 'local', this.config.privacy.requireAiConsent)
      : null;
  }

  /** What the model of a reserved call is sent, once there is room for it. `leftMs`: the time of the call. */
  open(call: AiCall, leftMs: number): Promise<OpenRequest | FallbackReason> {
    return this.pictures.open(call, leftMs);
  }
}

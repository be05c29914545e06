import { auditLogOf } from '../database/audit-log.js';
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { buildAi } from '../../../config/build-ai.js';
import type { Config } from '../../../config/config.js';
import { answerPrices, type AnswerPrices } from '../../../config/policy/assistants/answer-credits.js';
import { withDefaults } from '../../../config/environment/environment.defaults.js';
import { Secret } from '../../../config/values/secret.js';
import { createAnswering } from '../../../src/adapters/answering.js';
import { MemoryCounters } from '../../../src/adapters/memory/memory-counters.js';
import type { PostgresDatabase } from '../../../src/adapters/postgres/postgres-database.js';
import { SystemClock, SystemRandom } from '../../../src/adapters/system/system.js';
import { AiSwitchRepository } from '../../../src/features/ai-switch/ai-switch.repository.js';
import { AiSwitch } from '../../../src/features/ai-switch/ai-switch.service.js';
import { AiCallsRepository } from '../../../src/features/assistants/gateway/ai-calls.repository.js';
import type { AiAnswer, AiCall } from '../../../src/features/assistants/gateway/ai-call.js';
import { AiGateway } from '../../../src/features/assistants/gateway/ai-gateway.service.js';
import { CallBudget } from '../../../src/features/assistants/gateway/call-budget.js';
import { CallLimits } from '../../../src/features/assistants/gateway/call-limits.js';
import { CallOutcomes } from '../../../src/features/assistants/gateway/call-outcomes.js';
import { CallPictures } from '../../../src/features/assistants/gateway/pictures/call-pictures.js';
import { CallReservations } from '../../../src/features/assistants/gateway/call-reservations.js';
import { CallSettlement } from '../../../src/features/assistants/gateway/call-settlement.js';
import { CallsSweep } from '../../../src/features/assistants/gateway/calls-sweep.js';
import { PricedModels } from '../../../src/features/assistants/gateway/priced-models.js';
import { RunningCalls } from '../../../src/features/assistants/gateway/running-calls.js';
import { BudgetAlerts } from '../../../src/features/usage/budgets/budget-alerts.js';
import { UsageRepository } from '../../../src/features/usage/usage.repository.js';
import { UsageRises } from '../../../src/features/usage/usage-rises.js';
import { BudgetRepository } from '../../../src/features/usage/budgets/budget.repository.js';
import { Log } from '../../../src/observability/log.js';
import { Metrics } from '../../../src/observability/metrics.js';
import { SecurityEvents } from '../../../src/observability/security-events.js';
import type { Counters } from '../../../src/ports/counters.js';
import { PublicUrl } from '../../../src/ports/public-url.js';
import { WebhookEvents } from '../../../src/features/webhooks/events/webhook-events.service.js';
import { Notifications } from '../../../src/ports/notifications.js';
import type { ModelServer } from './model-server.js';

/** Notifications that arrive when a test says so. */
class HandNotifications extends Notifications {
  private readonly told = new EventEmitter();

  subscribe(channel: string, onMessage: (payload: string) => void): () => void {
    this.told.on(channel, onMessage);
    return () => this.told.off(channel, onMessage);
  }

  lastHeartbeat(): number {
    return performance.now();
  }

  tell(channel: string): void {
    this.told.emit(channel, '');
  }
}

/** A log whose lines about calls are kept. */
export interface CallLine {
  readonly msg: string;
  readonly [field: string]: unknown;
}

export interface GatewayOptions {
  readonly model?: string;
  readonly ai?: Partial<Config['ai']>;
  readonly budgets?: Partial<Config['budgets']>;
  readonly counters?: Counters;
  /** What the second provider answers by. */
  readonly second?: ModelServer;
  /** Its model; left out: one of the same name as the first one's. */
  readonly secondModel?: string;
  /** Credits of an answer; left out: those of the service. */
  readonly prices?: AnswerPrices;
}

/** Of nothing that lasts. */
const pseudonymKey = { current: new Secret(randomBytes(32).toString('hex')), previous: null };

const nano = { input: 1000, cached: 100, output: 2000 };

/** One instance's gateway with a real database, and stand-ins of its providers. A token costs a micro-dollar, one of the answer two. */
export class GatewayStage {
  readonly lines: CallLine[] = [];
  readonly notifications = new HandNotifications();
  readonly gateway: AiGateway;
  readonly ai: AiSwitch;
  readonly calls: AiCallsRepository;
  readonly sweep: CallsSweep;
  readonly settlement: CallSettlement;
  readonly metrics: Metrics;
  readonly limits: CallLimits;
  readonly models: PricedModels;
  readonly running: RunningCalls;

  constructor(
    readonly database: PostgresDatabase,
    server: ModelServer,
    options: GatewayOptions = {},
  ) {
    const access = (provider: 'gemini' | 'openai', url: string, model = options.model) => ({
      provider,
      // One that does not think when it is not asked to.
      model: model ?? 'gemini-2.5-flash-lite',
      price: nano,
      key: new Secret('key-of-the-provider'),
      baseUrl: url,
    });
    const config: Pick<Config, 'ai' | 'budgets'> = {
      ai: {
        ...buildAi(withDefaults({}, 'test')),
        first: access('gemini', server.url),
        second:
          options.second === undefined
            ? null
            : access('openai', options.second.url, options.secondModel ?? options.model),
        ...options.ai,
      },
      budgets: {
        ai: { daily: 5_000_000, monthly: 50_000_000 },
        generations: { daily: null, monthly: null },
        aiPersonDaily: 500_000,
        aiPersonMonthly: null,
        alertShares: [0.5, 1],
        ...options.budgets,
      },
    };
    const log = Log.silent();
    log.aiCall = (msg, fields) => this.lines.push({ msg, ...fields });
    const events = new SecurityEvents(log);
    this.metrics = new Metrics(events);
    this.ai = new AiSwitch(
      config,
      new AiSwitchRepository(this.database),
      auditLogOf(this.database).trail,
      events,
    );
    this.calls = new AiCallsRepository(this.database);
    this.settlement = new CallSettlement(this.calls, log);
    this.running = new RunningCalls(this.notifications, this.ai, log);
    this.running.onApplicationBootstrap();
    this.sweep = new CallsSweep(this.calls, log);
    const clock = new SystemClock();
    this.gateway = new AiGateway(
      config,
      this.ai,
      (this.limits = new CallLimits(config, options.counters ?? new MemoryCounters(clock))),
      (this.models = new PricedModels(
        config,
        createAnswering(config.ai).models,
        options.prices ?? answerPrices,
      )),
      new CallReservations(
        { privacy: { controller: null, contact: null, requireAiConsent: false } },
        this.calls,
        new CallBudget({ ...config, pseudonymKey }, clock),
        new SystemRandom(),
        new BudgetAlerts(new BudgetRepository(database, new WebhookEvents(new PublicUrl(null))), events, log),
        new CallPictures(log),
      ),
      this.settlement,
      new CallOutcomes(log, this.metrics, new UsageRises(new UsageRepository(database), events, clock, log)),
      this.running,
    );
  }
}

export const question = (more: Partial<AiCall> = {}): AiCall => ({
  purpose: 'chat',
  payer: { kind: 'person', userId: '018f0000-0000-7000-8000-000000000001', key: null },
  agent: null,
  request: {
    model: null,
    system: 'Be brief.',
    messages: [{ role: 'user', text: 'What is the answer?' }],
    knowledge: [],
    maxOutputTokens: 100,
    temperature: null,
    thinking: 'off',
  },
  pictures: null,
  shape: 'whole',
  timeoutMs: null,
  signal: null,
  requestId: null,
  ...more,
});

/** The text of an answer, or why there is none. */
export async function read(answer: AiAnswer): Promise<string> {
  if (answer.path === 'fallback') return `fallback ${answer.reason}`;
  let text = '';
  try {
    for await (const part of answer.parts) if (part.type === 'text') text += part.text;
    return text;
  } catch (error) {
    return `${text}| broken ${(error as { reason?: string }).reason ?? String(error)}`;
  }
}

import type { BudgetPeriod } from '../../usage/budgets/budget.service.js';
import type { AiBudgetPeriod, AiPingResponse, AiStatusResponse } from './ai-operations.dto.js';
import type { AiState, Ping } from './ai-operations.service.js';

export const toAiStatus = (state: AiState): AiStatusResponse => ({
  ai_enabled: state.switch.effective,
  switch: state.switch.stored,
  allowed_by_configuration: state.isAllowedHere,
  changed_at: state.switch.changedAt.toISOString(),
  provider: state.language,
  model: state.model,
  timeout_ms: state.timeoutMs,
  routing: {
    generations: state.generations,
    language: state.language,
    second: state.second,
    circuit: state.circuit,
  },
  budget: { day: toPeriod(state.budget.day), month: toPeriod(state.budget.month) },
  limits: {
    messenger: {
      per_minute: state.limits.messenger.perMinute,
      per_person_and_minute: state.limits.messenger.perPersonAndMinute,
      calls: state.limits.messenger.calls,
    },
    other: { per_minute: state.limits.other.perMinute, calls: state.limits.other.calls },
  },
});

const toPeriod = ({ cap, spent, reserved }: BudgetPeriod<number>): AiBudgetPeriod => ({
  cap_microusd: cap,
  spent_microusd: spent,
  reserved_microusd: reserved,
});

export const toAiPing = ({ latencyMs, error }: Ping): AiPingResponse => ({
  ok: error === null,
  latency_ms: latencyMs,
  path: error === null ? 'ai' : 'fallback',
  ...(error === null ? {} : { error }),
});

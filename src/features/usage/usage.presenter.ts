import type { BudgetFigures, BudgetPeriod, Budgets } from './budgets/budget.service.js';
import type {
  BudgetPeriodResponse,
  BudgetResponse,
  BudgetsResponse,
  UsageResponse,
  UsageSumResponse,
} from './usage.dto.js';
import type { UsageSum } from './usage.repository.js';
import type { Usage } from './usage.service.js';

export const toUsage = ({ range, group, sums }: Usage): UsageResponse => ({
  from: range.from,
  to: range.to,
  by: group,
  data: sums.map(toSum),
});

const toSum = (sum: UsageSum): UsageSumResponse => ({
  value: sum.value,
  calls: sum.calls,
  estimated_calls: sum.estimatedCalls,
  prompt_tokens: sum.promptTokens,
  cached_tokens: sum.cachedTokens,
  output_tokens: sum.outputTokens,
  thought_tokens: sum.thoughtTokens,
  credits: sum.credits,
  cost_microusd: sum.cost,
});

export const toBudgets = ({ ai, generations }: Budgets): BudgetsResponse => ({
  ai: toBudget(ai),
  generations: toBudget(generations),
});

const toBudget = ({ day, month }: BudgetFigures): BudgetResponse => ({
  day: toPeriod(day),
  month: toPeriod(month),
});

const toPeriod = ({ cap, spent, reserved }: BudgetPeriod): BudgetPeriodResponse => ({
  cap_microusd: cap,
  spent_microusd: spent,
  reserved_microusd: reserved,
});

import type { KeyLimits } from '../../../ports/accounts/api-key-authenticator.js';
import type { BudgetPeriods } from './budget-periods.js';

/** One sum of a budget in which something is held. `cap`: micro-dollars, or null: counted only. */
export interface BudgetShare {
  readonly scope: string;
  readonly period: string;
  readonly cap: number | null;
}

/** What somebody may cost a day and a month in micro-dollars; null: counted only. */
export interface Caps<Cap extends number | null = number | null> {
  readonly daily: Cap;
  readonly monthly: Cap;
}

/** The sums of one scope. Every caller locks the day before the month. */
export const sharesOfScope = (
  scope: string,
  { day, month }: BudgetPeriods,
  { daily, monthly }: Caps,
): readonly BudgetShare[] => [
  { scope, period: day, cap: daily },
  { scope, period: month, cap: monthly },
];

/** The sums of an API key; none without one. */
export const sharesOfKey = (key: KeyLimits | null, periods: BudgetPeriods): readonly BudgetShare[] =>
  key === null
    ? []
    : sharesOfScope(`key:${key.id}`, periods, { daily: key.dailyCap, monthly: key.monthlyCap });

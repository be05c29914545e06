import { usagePolicy } from '../../../config/policy/assistants/budgets.js';
import { ChoiceField, DayField } from '../../perimeter/input/fields.js';
import {
  ChoiceProperty,
  DayProperty,
  IntegerProperty,
  ListProperty,
  ObjectProperty,
  TextProperty,
} from '../../perimeter/output/properties.js';
import { usageGroups, type UsageGroup } from './usage.repository.js';

const ownGroups = ['day', 'model', 'key'] as const;
const microUsd = (description: string) => ({ description: `${description} Millionths of a dollar.` });

class DaysQuery {
  @DayField({
    description: `The first day in UTC; without it ${usagePolicy.shownDays} days are shown.`,
    optional: true,
  })
  from?: string;

  @DayField({ description: 'The last day in UTC; today when left out.', optional: true })
  to?: string;
}

export class OwnUsageQuery extends DaysQuery {
  @ChoiceField({ description: 'By what it is summed; `day` when left out.', optional: true, of: ownGroups })
  by?: (typeof ownGroups)[number];
}

export class AllUsageQuery extends DaysQuery {
  @ChoiceField({
    description: 'By what it is summed; `person` when left out.',
    optional: true,
    of: usageGroups,
  })
  by?: UsageGroup;
}

export class UsageSumResponse {
  @TextProperty({
    nullable: true,
    max: 200,
    description: 'The day, the model, or the id; null: without an API key, or of nobody with an account.',
  })
  value!: string | null;
  @IntegerProperty({ description: 'Answers of models, and generations that ended.' }) calls!: number;
  @IntegerProperty({ description: 'Of these: counted at what they can have cost at most.' })
  estimated_calls!: number;
  @IntegerProperty() prompt_tokens!: number;
  @IntegerProperty({ description: 'Of the prompt, and cheaper.' }) cached_tokens!: number;
  @IntegerProperty({ description: 'Of answers, thoughts included.' }) output_tokens!: number;
  @IntegerProperty() thought_tokens!: number;
  @IntegerProperty({ description: 'Of the balance.' }) credits!: number;
  @IntegerProperty(microUsd('At the providers.')) cost_microusd!: number;
}

export class UsageResponse {
  @DayProperty() from!: string;
  @DayProperty() to!: string;
  @ChoiceProperty(usageGroups) by!: UsageGroup;
  @ListProperty(UsageSumResponse, {
    max: usagePolicy.rowsAtMost,
    description: 'Days the latest first, all else the dearest first.',
  })
  data!: UsageSumResponse[];
}

export class BudgetPeriodResponse {
  @IntegerProperty({ nullable: true, ...microUsd('At most; null: no cap.') }) cap_microusd!: number | null;
  @IntegerProperty(microUsd('Of what has ended.')) spent_microusd!: number;
  @IntegerProperty(microUsd('Held for what runs.')) reserved_microusd!: number;
}

export class BudgetResponse {
  @ObjectProperty(BudgetPeriodResponse) day!: BudgetPeriodResponse;
  @ObjectProperty(BudgetPeriodResponse) month!: BudgetPeriodResponse;
}

export class BudgetsResponse {
  @ObjectProperty(BudgetResponse) ai!: BudgetResponse;
  @ObjectProperty(BudgetResponse) generations!: BudgetResponse;
}

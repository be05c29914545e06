import {
  ChoiceProperty,
  FlagProperty,
  IntegerProperty,
  MomentProperty,
  ObjectProperty,
  TextProperty,
} from '../../../perimeter/output/properties.js';
import { fallbackReasons } from '../gateway/ai-call.js';

const generationProviders = ['fal', 'canvas'];
const languageProviders = ['gemini', 'openai', 'local', 'none'];
const circuits = ['closed', 'open', 'half_open'];
const microUsd = (description: string) => ({ description: `${description} Millionths of a dollar.` });

export class AiRouting {
  @ChoiceProperty(generationProviders, { description: 'Who makes pictures and videos.' })
  generations!: string;
  @ChoiceProperty(languageProviders, { description: 'Who answers for agents.' }) language!: string;
  @ChoiceProperty(['gemini', 'openai'], {
    nullable: true,
    description: 'Who is asked when that one does not answer.',
  })
  second!: string | null;
  @ChoiceProperty(circuits, {
    nullable: true,
    description:
      'open: the first provider has failed so often that it is left alone for a moment. Null: there is none.',
  })
  circuit!: string | null;
}

export class AiBudgetPeriod {
  @IntegerProperty(microUsd('At most.')) cap_microusd!: number;
  @IntegerProperty(microUsd('Of settled calls.')) spent_microusd!: number;
  @IntegerProperty(microUsd('Held for calls that run.')) reserved_microusd!: number;
}

export class AiBudget {
  @ObjectProperty(AiBudgetPeriod) day!: AiBudgetPeriod;
  @ObjectProperty(AiBudgetPeriod) month!: AiBudgetPeriod;
}

export class AiMessengerLimit {
  @IntegerProperty({ description: 'AI_MAX_CALLS_PER_MIN.' }) per_minute!: number;
  @IntegerProperty({ description: 'AI_MAX_CALLS_PER_MIN_PER_PSID.' }) per_person_and_minute!: number;
  @IntegerProperty({ description: 'In the last minute, of all instances.' }) calls!: number;
}

export class AiOtherLimit {
  @IntegerProperty({ description: 'AI_MAX_CALLS_PER_MIN_OTHER.' }) per_minute!: number;
  @IntegerProperty({ description: 'In the last minute, of all instances.' }) calls!: number;
}

export class AiLimits {
  @ObjectProperty(AiMessengerLimit) messenger!: AiMessengerLimit;
  @ObjectProperty(AiOtherLimit, { description: 'Chat, the OpenAI-compatible routes, the operator.' })
  other!: AiOtherLimit;
}

export class AiStatusResponse {
  @FlagProperty({ description: 'AI_ENABLED and the stored switch.' }) ai_enabled!: boolean;
  @FlagProperty({ description: 'The stored switch alone.' }) switch!: boolean;
  @FlagProperty({ description: 'AI_ENABLED.' }) allowed_by_configuration!: boolean;
  @MomentProperty() changed_at!: string;
  @ChoiceProperty(languageProviders, { description: 'Of language models.' }) provider!: string;
  @TextProperty({ nullable: true, max: 100, description: 'Null: there are no assistants.' })
  model!: string | null;
  @IntegerProperty() timeout_ms!: number;
  @ObjectProperty(AiRouting) routing!: AiRouting;
  @ObjectProperty(AiBudget) budget!: AiBudget;
  @ObjectProperty(AiLimits) limits!: AiLimits;
}

export class AiPingResponse {
  @FlagProperty({ description: 'Whether a model answered.' }) ok!: boolean;
  @IntegerProperty({ description: 'Milliseconds to the end of the answer.' }) latency_ms!: number;
  @ChoiceProperty(['ai', 'fallback']) path!: 'ai' | 'fallback';
  @ChoiceProperty(fallbackReasons.filter((reason) => reason !== 'consent_missing'), {
    optional: true,
    description: 'Why no model answered.',
  })
  error?: string;
}

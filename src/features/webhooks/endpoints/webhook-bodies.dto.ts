import {
  ChoiceProperty,
  ConstantProperty,
  IntegerProperty,
  MomentProperty,
  NumberProperty,
  ObjectProperty,
  TextProperty,
  UrlProperty,
  UuidProperty,
} from '../../../perimeter/output/properties.js';

class WebhookObject {
  @TextProperty({ max: 64, description: 'Of the object; read it by its link.' }) id!: string;
  @IntegerProperty({
    min: 1,
    description: 'Counts the events of the object: what has a lower number than one already seen is older.',
  })
  sequence!: number;
  @UrlProperty({
    optional: true,
    description: 'Where the object is read, with a token of yours. Absent where PUBLIC_URL is not set.',
  })
  link?: string;
}

class AccountObject extends WebhookObject {
  @UuidProperty({ optional: true, description: 'Its account. For endpoints of the service alone.' })
  user_id?: string;
}

class GenerationWebhookData extends AccountObject {
  @ChoiceProperty(['completed', 'failed', 'cancelled']) status!: string;
}

/** The body of a webhook about a generation that has ended. */
class GenerationWebhook {
  @ChoiceProperty(['generation.completed', 'generation.failed', 'generation.cancelled']) type!: string;
  @MomentProperty({ description: 'Of the event.' }) timestamp!: string;
  @ObjectProperty(GenerationWebhookData) data!: GenerationWebhookData;
}

class ConversationWebhookData extends AccountObject {
  @ChoiceProperty(['whole', 'stopped', 'broken', 'fallback'], {
    description: 'How the answer ended; fallback: no model answered, and a text says why.',
  })
  status!: string;
}

/** The body of a webhook about an answer that has ended: the object is its conversation. */
class ConversationWebhook {
  @ConstantProperty('conversation.answered') type!: string;
  @MomentProperty({ description: 'Of the event.' }) timestamp!: string;
  @ObjectProperty(ConversationWebhookData) data!: ConversationWebhookData;
}

class CreditsWebhookData extends AccountObject {
  @ChoiceProperty(['starting', 'monthly', 'corrected', 'topped_up'], {
    isExtensible: true,
    description: 'How they came: with the account, for the month, by an administrator, by a signed message.',
  })
  status!: string;
}

/** The body of a webhook about credits that were added: the object is the account. */
class CreditsWebhook {
  @ConstantProperty('credits.granted') type!: string;
  @MomentProperty({ description: 'Of the event.' }) timestamp!: string;
  @ObjectProperty(CreditsWebhookData) data!: CreditsWebhookData;
}

class BudgetWebhookData extends WebhookObject {
  @TextProperty({ max: 20, description: 'A day or a month in UTC, as D2026-11-27 or M2026-11.' })
  period!: string;
  @NumberProperty({ min: 0, max: 1, description: 'Of the budget that is spent.' }) share!: number;
}

/** The body of a webhook about a share of a budget that is spent. */
class BudgetWebhook {
  @ConstantProperty('budget.reached') type!: string;
  @MomentProperty({ description: 'Of the event.' }) timestamp!: string;
  @ObjectProperty(BudgetWebhookData) data!: BudgetWebhookData;
}

class SecurityWebhookData extends WebhookObject {
  @TextProperty({ max: 60, description: 'Its name in the vocabulary of OWASP.' }) event!: string;
  @ChoiceProperty(['HIGH', 'CRITICAL']) level!: string;
}

/** The body of a webhook about a security event. */
class SecurityWebhook {
  @ConstantProperty('security.event') type!: string;
  @MomentProperty({ description: 'Of the event.' }) timestamp!: string;
  @ObjectProperty(SecurityWebhookData) data!: SecurityWebhookData;
}

class TestWebhookData extends WebhookObject {}

/** The body of a test. */
class TestWebhook {
  @ConstantProperty('webhook.test') type!: string;
  @MomentProperty({ description: 'Of the event.' }) timestamp!: string;
  @ObjectProperty(TestWebhookData) data!: TestWebhookData;
}

export const webhookBodies = [
  GenerationWebhook,
  ConversationWebhook,
  CreditsWebhook,
  BudgetWebhook,
  SecurityWebhook,
  TestWebhook,
];

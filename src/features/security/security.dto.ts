import {
  ChoiceProperty,
  ChoicesProperty,
  countSchema,
  IntegerProperty,
  ListProperty,
  MapProperty,
  MomentProperty,
  NextCursorProperty,
  ObjectProperty,
  TextProperty,
  UuidProperty,
} from '../../perimeter/output/properties.js';
import { attacks, threatLevels, type ThreatLevel } from '../../../config/policy/perimeter/threats.js';
import { securityEventNames, type SecurityEventName } from '../../observability/security-events.js';
import {
  AddressField,
  ChoiceField,
  IntegerField,
  MomentField,
  TextField,
  UuidField,
} from '../../perimeter/input/fields.js';
import { alertReceiverNames, type AlertReceiverName } from './alerts/alert-receivers.js';
import { pageQuery } from '../../perimeter/input/page-query.js';

const addressText = { max: 64, pattern: '^[0-9a-fA-F:./]+$' };

export class ListEventsQuery extends pageQuery(200) {
  @ChoiceField({ description: 'Only events of this name.', optional: true, of: securityEventNames })
  event?: SecurityEventName;

  @ChoiceField({ description: 'Only events of this level.', optional: true, of: threatLevels })
  level?: ThreatLevel;

  @UuidField({ description: 'Only events of this person.', optional: true })
  user_id?: string;

  @AddressField({ description: 'Only events of this address.', optional: true })
  source_ip?: string;

  @TextField({
    description: 'Only events aimed at this account: the keyed hash that events show.',
    optional: true,
    min: 32,
    max: 32,
  })
  account?: string;

  @MomentField({ description: 'From this moment on.', optional: true })
  since?: string;

  @MomentField({ description: 'Before this moment.', optional: true })
  until?: string;
}

export class ListBlocksQuery extends pageQuery(200) {}

export class AddBlockRequest {
  @AddressField({ description: 'Whose requests are refused; of an IPv6 address its whole /64.' })
  address!: string;

  @UuidField({
    description: 'Only this person at the address. Left out: whoever is not signed in there.',
    optional: true,
  })
  user_id?: string;

  @IntegerField({ description: 'For so long; a week at most.', example: 60, min: 1, max: 10_080 })
  minutes!: number;

  @ChoiceField({ description: 'What it was up to.', optional: true, of: attacks })
  reason?: (typeof attacks)[number];
}

export class SecurityEventResponse {
  @UuidProperty() id!: string;
  @MomentProperty() at!: string;
  @ChoiceProperty(securityEventNames) event!: string;
  @ChoiceProperty(threatLevels) level!: string;
  @TextProperty({ max: 300 }) text!: string;
  @TextProperty({ nullable: true, ...addressText }) source_ip!: string | null;
  @UuidProperty({ nullable: true }) user_id!: string | null;
  @TextProperty({
    nullable: true,
    max: 32,
    pattern: '^[0-9a-f]{32}$',
    description: 'Keyed hash of the address aimed at.',
  })
  account!: string | null;
  @UuidProperty({ nullable: true }) request_id!: string | null;
  @TextProperty({ nullable: true, max: 64, pattern: '^[0-9a-f]+$' }) trace_id!: string | null;
  @TextProperty({ nullable: true, max: 16, pattern: '^[A-Z]+$' }) method!: string | null;
  @TextProperty({ nullable: true, max: 200, description: 'The template of the route.' })
  route!: string | null;
  @TextProperty({ nullable: true, max: 64, description: 'The process that recorded it.' })
  instance!: string | null;
  @IntegerProperty({ description: 'Equal events that this one stands for besides itself.' })
  suppressed!: number;
  @TextProperty({ max: 100, description: 'What the service did about it.' }) response!: string;
  @TextProperty({ nullable: true, max: 64, pattern: '^[a-z_]+$' }) attack!: string | null;
  @MapProperty({ max: 32, values: true }) details!: object;
}

export class SecurityEventsPage {
  @ListProperty(SecurityEventResponse, { max: 200 }) data!: SecurityEventResponse[];
  @NextCursorProperty(
    ' Where several conditions are asked for, a page may hold fewer events than fit, or none, and have a next one.',
  )
  next_cursor!: string | null;
}

export class BlockResponse {
  @UuidProperty() id!: string;
  @TextProperty({ ...addressText, description: 'An IPv4 address or an IPv6 network of 64 bits.' })
  address!: string;
  @UuidProperty({ nullable: true }) user_id!: string | null;
  @ChoiceProperty([...attacks, 'manual']) reason!: string;
  @MapProperty({ max: 64, values: countSchema, description: 'How often what was seen.' })
  signals!: object;
  @IntegerProperty() score!: number;
  @UuidProperty({ nullable: true, description: 'null: the service itself.' })
  made_by!: string | null;
  @MomentProperty() created_at!: string;
  @MomentProperty() expires_at!: string;
}

export class BlocksPage {
  @ListProperty(BlockResponse, { max: 200 }) data!: BlockResponse[];
  @NextCursorProperty() next_cursor!: string | null;
}

export class LevelCounts {
  @IntegerProperty() LOW!: number;
  @IntegerProperty() MEDIUM!: number;
  @IntegerProperty() HIGH!: number;
  @IntegerProperty() CRITICAL!: number;
}

export class EventCountResponse {
  @ChoiceProperty(securityEventNames) event!: string;
  @ChoiceProperty(threatLevels) level!: string;
  @IntegerProperty() count!: number;
}

export class ControlCounts {
  @IntegerProperty() fail!: number;
  @IntegerProperty() not_looked_at!: number;
  @IntegerProperty() attested!: number;
  @IntegerProperty() pass!: number;
  @IntegerProperty() not_applicable!: number;
}

export class PostureResponse {
  @ChoiceProperty(['enforce', 'observe']) mode!: 'enforce' | 'observe';
  @ObjectProperty(LevelCounts, { description: 'Addresses and people by level, on this instance.' })
  levels!: LevelCounts;
  @IntegerProperty() blocks_in_force!: number;
  @ListProperty(EventCountResponse, { description: 'Of the last 24 hours.', max: 500 })
  events_24h!: EventCountResponse[];
  @ChoiceProperty(['webhook', 'nowhere'], { description: 'Whether the webhook gets alerts.' })
  alerts!: 'webhook' | 'nowhere';
  @ChoicesProperty(alertReceiverNames, { description: 'Where alerts go.' })
  alert_receivers!: AlertReceiverName[];
  @ObjectProperty(ControlCounts, {
    description: 'Controls that the service itself can judge, by what they are.',
  })
  controls!: ControlCounts;
}

export class TestAlertResponse {
  @UuidProperty({ description: '`webhook-id` of the alert that is on its way.' })
  alert_id!: string;
  @ChoicesProperty(alertReceiverNames, { description: 'For which it is stored.' })
  receivers!: AlertReceiverName[];
}

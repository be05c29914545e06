import { ApiProperty } from '@nestjs/swagger';
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
import { pageQuery } from '../../perimeter/input/page-query.js';

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

  @IntegerField({ description: 'For so long; a week at most.', min: 1, max: 10_080 })
  minutes!: number;

  @ChoiceField({ description: 'What it was up to.', optional: true, of: attacks })
  reason?: (typeof attacks)[number];
}

export class SecurityEventResponse {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'date-time' }) at!: string;
  @ApiProperty({ enum: securityEventNames }) event!: string;
  @ApiProperty({ enum: threatLevels }) level!: string;
  @ApiProperty() text!: string;
  @ApiProperty({ type: String, nullable: true }) source_ip!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) user_id!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Keyed hash of the address aimed at.' })
  account!: string | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) request_id!: string | null;
  @ApiProperty({ type: String, nullable: true }) trace_id!: string | null;
  @ApiProperty({ type: String, nullable: true }) method!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The template of the route.' })
  route!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'The process that recorded it.' })
  instance!: string | null;
  @ApiProperty({ description: 'Equal events that this one stands for besides itself.' })
  suppressed!: number;
  @ApiProperty({ description: 'What the service did about it.' }) response!: string;
  @ApiProperty({ type: String, nullable: true }) attack!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true }) details!: object;
}

export class SecurityEventsPage {
  @ApiProperty({ type: [SecurityEventResponse] }) data!: SecurityEventResponse[];
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) next_cursor!: string | null;
}

export class BlockResponse {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'An IPv4 address or an IPv6 network of 64 bits.' }) address!: string;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) user_id!: string | null;
  @ApiProperty({ enum: [...attacks, 'manual'] }) reason!: string;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'How often what was seen.' })
  signals!: object;
  @ApiProperty() score!: number;
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'null: the service itself.' })
  made_by!: string | null;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
  @ApiProperty({ format: 'date-time' }) expires_at!: string;
}

export class BlocksPage {
  @ApiProperty({ type: [BlockResponse] }) data!: BlockResponse[];
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) next_cursor!: string | null;
}

export class LevelCounts {
  @ApiProperty() LOW!: number;
  @ApiProperty() MEDIUM!: number;
  @ApiProperty() HIGH!: number;
  @ApiProperty() CRITICAL!: number;
}

export class EventCountResponse {
  @ApiProperty({ enum: securityEventNames }) event!: string;
  @ApiProperty({ enum: threatLevels }) level!: string;
  @ApiProperty() count!: number;
}

export class PostureResponse {
  @ApiProperty({ enum: ['enforce', 'observe'] }) mode!: 'enforce' | 'observe';
  @ApiProperty({ type: LevelCounts, description: 'Addresses and people by level, on this instance.' })
  levels!: LevelCounts;
  @ApiProperty() blocks_in_force!: number;
  @ApiProperty({ type: [EventCountResponse], description: 'Of the last 24 hours.' })
  events_24h!: EventCountResponse[];
  @ApiProperty({ enum: ['webhook', 'nowhere'] }) alerts!: 'webhook' | 'nowhere';
}

export class TestAlertResponse {
  @ApiProperty({ format: 'uuid', description: '`webhook-id` of the alert that is on its way.' })
  alert_id!: string;
}

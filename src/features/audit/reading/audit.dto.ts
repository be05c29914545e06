import { auditPolicy } from '../../../../config/policy/operations/audit.js';
import { ChoiceField, IntegerField, MomentField, UuidField } from '../../../perimeter/input/fields.js';
import { pageQuery } from '../../../perimeter/input/page-query.js';
import {
  ChoiceProperty,
  IntegerProperty,
  ListProperty,
  MapProperty,
  MomentProperty,
  NextCursorProperty,
  TextProperty,
  UuidProperty,
} from '../../../perimeter/output/properties.js';
import { auditActions, type AuditAction } from '../audit-action.js';

const largestPage = 200;
const hash = { max: 64, pattern: '^[0-9a-f]{64}$', description: 'HMAC-SHA-256 of its id.' };
const whole = { max: 20, pattern: '^[0-9]+$' };

export class ListAuditQuery extends pageQuery(largestPage) {
  @ChoiceField({ description: 'Only entries of this action.', optional: true, of: auditActions })
  action?: AuditAction;

  @UuidField({ description: 'Only what this account did.', optional: true })
  actor_id?: string;

  @UuidField({ description: 'Only what was done to this account.', optional: true })
  subject_id?: string;

  @MomentField({ description: 'From this moment on.', optional: true })
  since?: string;

  @MomentField({ description: 'Before this moment.', optional: true })
  until?: string;
}

export class ExportAuditQuery {
  @ChoiceField({ description: 'One JSON object a line, or CSV (RFC 4180).', of: ['jsonl', 'csv'] as const })
  format!: 'jsonl' | 'csv';

  @ChoiceField({
    description: 'What entries say, in clear, instead of sealed as they are stored.',
    optional: true,
    of: ['true', 'false'] as const,
  })
  details?: 'true' | 'false';

  @ChoiceField({ description: 'Only entries of this action.', optional: true, of: auditActions })
  action?: AuditAction;

  @MomentField({ description: 'From this moment on.', optional: true })
  since?: string;

  @MomentField({ description: 'Before this moment; by default now.', optional: true })
  until?: string;
}

export class VerifyAuditRequest {
  @IntegerField({
    description: '`next_stream` of the request before.',
    optional: true,
    min: 0,
    max: auditPolicy.streams - 1,
  })
  from_stream?: number;
}

export class AuditEntryResponse {
  @UuidProperty() id!: string;
  @MomentProperty() at!: string;
  @IntegerProperty({ description: 'The chain in which it stands.' }) stream!: number;
  @TextProperty({ ...whole, description: 'Its place there.' }) position!: string;
  @TextProperty({ max: 60, pattern: '^[a-z_.]+$' }) action!: string;
  @TextProperty({ ...hash, nullable: true }) actor!: string | null;
  @TextProperty({ ...hash, nullable: true }) subject!: string | null;
  @TextProperty({ max: 100, nullable: true }) request_id!: string | null;
  @MapProperty({
    max: 64,
    values: true,
    nullable: true,
    description: 'Who did what to whom; null where that went with the account.',
  })
  details!: object | null;
}

export class AuditPage {
  @ListProperty(AuditEntryResponse, { max: largestPage }) data!: AuditEntryResponse[];
  @NextCursorProperty() next_cursor!: string | null;
}

export class AuditFaultResponse {
  @IntegerProperty() stream!: number;
  @TextProperty({ max: 20, pattern: '^-?[0-9]+$' }) position!: string;
  @ChoiceProperty(['changed', 'removed', 'truncated', 'trimmed'] as const) fault!: string;
}

export class CheckpointFaultResponse {
  @TextProperty(whole) number!: string;
  @MomentProperty() at!: string;
  @ChoiceProperty(['forged', 'unlike'] as const) fault!: string;
}

export class AuditCheckResponse {
  @TextProperty({ ...whole, description: 'Entries that were read.' }) entries!: string;
  @IntegerProperty({ description: 'Checkpoints that were read: with the last stream.' }) checkpoints!: number;
  @ListProperty(AuditFaultResponse, { max: auditPolicy.verifyFaults }) faults!: AuditFaultResponse[];
  @ListProperty(CheckpointFaultResponse, { max: auditPolicy.verifyFaults })
  checkpoint_faults!: CheckpointFaultResponse[];
  @IntegerProperty({ nullable: true, description: 'Where to go on; null when all is verified.' })
  next_stream!: number | null;
}

export class CheckpointResponse {
  @MomentProperty() at!: string;
  @TextProperty({ max: 2000, description: 'The signed note, to be kept elsewhere.' }) note!: string;
  @TextProperty({ max: 200, description: 'By which anybody verifies notes of this log.' })
  verifier_key!: string;
}

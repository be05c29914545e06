import { controlsPolicy } from '../../../config/policy/perimeter/controls.js';
import { IntegerField, TextField } from '../../perimeter/input/fields.js';
import {
  ChoiceProperty,
  IntegerProperty,
  ListProperty,
  MomentProperty,
  ObjectProperty,
  TextProperty,
  UuidProperty,
} from '../../perimeter/output/properties.js';
import { statuses, type Status } from './judging/judge.js';

const count = { min: 0, max: controlsPolicy.mostLines } as const;

export class AttestControlRequest {
  @TextField({
    description: 'Id of a control that is attested.',
    example: 'review/log-errors',
    min: 1,
    max: 100,
  })
  control!: string;

  @TextField({
    description: 'What was looked at, and what was done about it.',
    example: 'Read by code and route; two reported.',
    min: 1,
    max: 500,
  })
  note!: string;
}

export class RecordAuditRequest {
  @IntegerField({ description: 'Lines that failed.', example: 3, ...count }) fail!: number;
  @IntegerField({ description: 'Lines that were not looked at.', example: 0, ...count })
  not_looked_at!: number;
  @IntegerField({ description: 'Lines that were attested.', example: 40, ...count }) attested!: number;
  @IntegerField({ description: 'Lines that passed.', example: 210, ...count }) pass!: number;
  @IntegerField({ description: 'Lines that do not apply.', example: 12, ...count }) not_applicable!: number;
}

export class ControlResultResponse {
  @TextProperty({ max: 100 }) id!: string;
  @TextProperty({ max: 200, description: 'What must be true.' }) title!: string;
  @ChoiceProperty(statuses) status!: Status;
  @TextProperty({ max: 500, description: 'What was seen, or who attested it and when.' }) evidence!: string;
  @TextProperty({ max: 500, description: 'What to do where it fails.' }) remedy!: string;
}

export class AuditTallyResponse {
  @MomentProperty() at!: string;
  @UuidProperty({ nullable: true, description: 'Null once that account is gone.' }) reviewer_id!:
    string | null;
  @IntegerProperty() fail!: number;
  @IntegerProperty() not_looked_at!: number;
  @IntegerProperty() attested!: number;
  @IntegerProperty() pass!: number;
  @IntegerProperty() not_applicable!: number;
}

export class ControlsResponse {
  @MomentProperty() at!: string;
  @ObjectProperty(AuditTallyResponse, { nullable: true, description: 'The last audit that was recorded.' })
  last_audit!: AuditTallyResponse | null;
  @MomentProperty({ description: 'When the next audit is due.' }) audit_due_at!: string;
  @ListProperty(ControlResultResponse, {
    max: 500,
    description: 'Controls that the service itself can judge.',
  })
  controls!: ControlResultResponse[];
}

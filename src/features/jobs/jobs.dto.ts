import {
  ChoiceProperty,
  IntegerProperty,
  ListProperty,
  MomentProperty,
  NextCursorProperty,
  UuidProperty,
} from '../../perimeter/output/properties.js';
import { pageQuery } from '../../perimeter/input/page-query.js';
import { deadJobKinds, deadJobStates, type DeadJobKind, type DeadJobState } from './dead-jobs.js';

export class DeadJobsQuery extends pageQuery(100) {}

export class DeadJobResponse {
  @UuidProperty() id!: string;
  @ChoiceProperty(deadJobKinds) kind!: DeadJobKind;
  @ChoiceProperty(deadJobStates, {
    description: 'unknown: it may have been done. expired: its time was over before it was.',
  })
  state!: DeadJobState;
  @IntegerProperty({ description: 'How often it was tried.' }) attempts!: number;
  @IntegerProperty({ nullable: true, description: 'Of the service that refused it.' }) error_code!:
    number | null;
  @MomentProperty() created_at!: string;
  @MomentProperty() ended_at!: string;
}

export class DeadJobsPage {
  @ListProperty(DeadJobResponse, { max: 100 }) data!: DeadJobResponse[];
  @NextCursorProperty() next_cursor!: string | null;
}

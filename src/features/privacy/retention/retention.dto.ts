import { retentionReportPolicy } from '../../../../config/policy/privacy/retention-report.js';
import { IntegerProperty, ListProperty, TextProperty } from '../../../perimeter/output/properties.js';

export class RetentionStateResponse {
  @TextProperty({ max: 200 }) kind!: string;
  @TextProperty({ max: 500 }) purpose!: string;
  @TextProperty({ max: 100, description: 'Of Article 6 of the GDPR.' }) basis!: string;
  @TextProperty({ max: 500, description: 'For how long.' }) kept!: string;
  @IntegerProperty({
    max: retentionReportPolicy.countAtMost * 10,
    nullable: true,
    description:
      'Rows beyond that, a day after their task should have deleted them; of each table at most 1000 are counted. null: nothing is deleted by age.',
  })
  overdue!: number | null;
}

export class RetentionResponse {
  @ListProperty(RetentionStateResponse, { max: 100 }) data!: RetentionStateResponse[];
}

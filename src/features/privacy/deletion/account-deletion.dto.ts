import { MomentProperty } from '../../../perimeter/output/properties.js';

export class AccountDeletionResponse {
  @MomentProperty() requested_at!: string;
  @MomentProperty({
    description:
      'From then on the account is deleted, for good. Until then it works, and this can be cancelled.',
  })
  due_at!: string;
}

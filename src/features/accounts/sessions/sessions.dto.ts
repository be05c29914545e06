import { sessionPolicy } from '../../../../config/policy/accounts/tokens.js';
import {
  FlagProperty,
  ListProperty,
  MomentProperty,
  TextProperty,
  UuidProperty,
} from '../../../perimeter/output/properties.js';

export class SessionItem {
  @UuidProperty() id!: string;
  @FlagProperty({ description: 'Whether this is the session that asks.' }) current!: boolean;
  @MomentProperty() created_at!: string;
  @MomentProperty() last_used_at!: string;
  @TextProperty({ max: 400, description: 'What the client said of itself.' }) device!: string;
  @TextProperty({
    max: 64,
    pattern: '^[0-9a-fA-F:.*]+$',
    description: 'The network it was last refreshed from; its last part is hidden.',
  })
  address!: string;
}

export class SessionsResponse {
  @ListProperty(SessionItem, { max: sessionPolicy.perUser }) data!: SessionItem[];
}

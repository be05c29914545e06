import {
  ChoiceProperty,
  FlagProperty,
  IntegerProperty,
  ListProperty,
  MomentProperty,
  ObjectProperty,
  TextProperty,
} from '../../perimeter/output/properties.js';
import { keyLevels, type KeyLevel } from './key-level.js';

const urgency =
  'notice: in use for more than 90 days, or at its end within 30. warning: within 7. critical: within 3, or it is not valid.';

export class WatchedKeyResponse {
  @TextProperty({ max: 60, description: 'A variable, or what belongs to it.' }) name!: string;
  @ChoiceProperty(['key', 'token', 'version']) kind!: 'key' | 'token' | 'version';
  @ChoiceProperty([...keyLevels], { description: urgency }) level!: KeyLevel;
  @MomentProperty({ nullable: true, description: 'When this service met it first.' })
  first_seen_at!: string | null;
  @IntegerProperty({ nullable: true, description: 'Days since then.' }) age_days!: number | null;
  @MomentProperty({ nullable: true, description: 'Null: it does not end, or nobody says when.' })
  ends_at!: string | null;
  @IntegerProperty({ nullable: true, min: -100_000, description: 'Below zero once it is over.' })
  days_left!: number | null;
}

export class WatchedPageResponse {
  @MomentProperty({ nullable: true, description: 'When Meta was asked last.' }) checked_at!: string | null;
  @FlagProperty({ nullable: true, description: 'Null: not asked yet, or FACEBOOK_APP_ID is not set.' })
  token_valid!: boolean | null;
  @FlagProperty({
    nullable: true,
    description: 'Whether Meta tells this app of what is written to the page.',
  })
  subscribed!: boolean | null;
  @FlagProperty({ description: 'Whether FACEBOOK_APP_ID is set.' }) app_known!: boolean;
  @TextProperty({ nullable: true, max: 40, description: 'Why Meta said nothing the last time.' })
  failure!: string | null;
}

export class KeyReportResponse {
  @ChoiceProperty([...keyLevels], { description: 'The most urgent of all.' }) level!: KeyLevel;
  @ListProperty(WatchedKeyResponse, { max: 40, description: 'The most urgent first.' })
  keys!: WatchedKeyResponse[];
  @ObjectProperty(WatchedPageResponse, { nullable: true, description: 'Null where no page is configured.' })
  page!: WatchedPageResponse | null;
}

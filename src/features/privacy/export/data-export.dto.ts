import {
  ChoiceProperty,
  IntegerProperty,
  ListProperty,
  MomentProperty,
  UrlProperty,
  UuidProperty,
} from '../../../perimeter/output/properties.js';

export class DataExportPart {
  @IntegerProperty({ min: 1, max: 1_000_000 }) number!: number;
  @IntegerProperty({ min: 1, max: 1_000_000_000 }) bytes!: number;
  @UrlProperty({ description: 'A zip. Whoever has the link can fetch it until it expires.' }) url!: string;
  @MomentProperty() url_expires_at!: string;
}

export class DataExportResponse {
  @UuidProperty() id!: string;
  @ChoiceProperty(['working', 'ready', 'failed']) state!: 'working' | 'ready' | 'failed';
  @MomentProperty() requested_at!: string;
  @MomentProperty({ nullable: true }) finished_at!: string | null;
  @MomentProperty({ nullable: true, description: 'Then it is deleted.' }) expires_at!: string | null;
  @ListProperty(DataExportPart, { max: 1_000_000, description: 'None before it is ready.' })
  parts!: DataExportPart[];
}

import { generationPolicy } from '../../../../config/policy/generations/generations.js';
import { mediaPolicy } from '../../../../config/policy/generations/media.js';
import {
  ChoiceProperty,
  countSchema,
  FileProperty,
  FlagProperty,
  IntegerProperty,
  ListProperty,
  MapProperty,
  MediaTypeProperty,
  ModelIdProperty,
  MomentProperty,
  NextCursorProperty,
  ObjectProperty,
  TextProperty,
  UrlProperty,
  UuidProperty,
} from '../../../perimeter/output/properties.js';
import { promptCharacters } from '../../../../config/policy/generations/models.js';
import { fileLinkSeconds } from '../../../../config/policy/generations/storage.js';
import { failureCodes } from '../../../ports/generation-provider.js';
import {
  ChoiceField,
  FlagField,
  IntegerField,
  ObjectField,
  QueryFlagField,
  TextField,
  UuidField,
} from '../../../perimeter/input/fields.js';
import { pageQuery } from '../../../perimeter/input/page-query.js';

export const wireStatuses = ['queued', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type WireStatus = (typeof wireStatuses)[number];

export class CreateGenerationRequest {
  @TextField({ description: 'Id of a model.', min: 1, max: 100, example: 'velro/canvas' })
  model_id!: string;

  @TextField({
    description: 'What to make.',
    min: 1,
    max: promptCharacters,
    example: 'a lighthouse over a violet sea',
  })
  prompt!: string;

  @TextField({
    description: 'What to leave out, where the model takes it.',
    optional: true,
    max: promptCharacters,
  })
  negative_prompt?: string;

  @ObjectField({ description: 'Parameters of the model; unknown ones are refused.', optional: true })
  parameters?: Record<string, unknown>;

  @TextField({
    description:
      'Where a reference image lies: public https alone. A multipart body sends the file `reference_image` instead.',
    optional: true,
    min: 1,
    max: 2048,
  })
  reference_image_url?: string;

  @UuidField({ description: 'A project of yours.', optional: true })
  project_id?: string;
}

/** The same fields in a form, with the picture itself. */
export class CreateGenerationForm extends CreateGenerationRequest {
  @FileProperty({
    max: mediaPolicy.reference.maxBytes,
    optional: true,
    description: 'A PNG, JPEG or WebP as reference image, instead of `reference_image_url`.',
  })
  reference_image?: string;
}

export class ListGenerationsQuery extends pageQuery(100) {
  @ChoiceField({ description: 'Only those of this status.', optional: true, of: wireStatuses })
  status?: WireStatus;

  @TextField({ description: 'Only those of this model.', optional: true, min: 1, max: 100 })
  model_id?: string;

  @UuidField({ description: 'Only those of this project.', optional: true })
  project_id?: string;

  @QueryFlagField({ description: 'Only favorites, or only others.', optional: true })
  favorite?: boolean;
}

export class FavoriteRequest {
  @FlagField({ description: 'Default true.', optional: true })
  favorite?: boolean;
}

export class MediaUrlsQuery {
  @IntegerField({
    description: 'Seconds for which the links are good.',
    optional: true,
    ...fileLinkSeconds,
    fromQuery: true,
  })
  expires_in?: number;
}

export class MediaResponse {
  @UrlProperty({ description: 'A link that expires.' }) url!: string;
  @MediaTypeProperty() content_type!: string;
  @IntegerProperty({ nullable: true }) width!: number | null;
  @IntegerProperty({ nullable: true }) height!: number | null;
  @IntegerProperty() bytes!: number;
}

export class MediaUrlResponse extends MediaResponse {
  @MomentProperty() expires_at!: string;
}

export class MediaUrlsResponse {
  @ListProperty(MediaUrlResponse, { max: generationPolicy.resultsAtMost }) data!: MediaUrlResponse[];
}

export class GenerationErrorResponse {
  @ChoiceProperty(failureCodes) code!: string;
}

export class GenerationResponse {
  @UuidProperty() id!: string;
  @ChoiceProperty(wireStatuses) status!: WireStatus;
  @ChoiceProperty(['image', 'video']) kind!: 'image' | 'video';
  @ModelIdProperty() model_id!: string;
  @TextProperty({ max: promptCharacters }) prompt!: string;
  @TextProperty({ nullable: true, max: promptCharacters }) negative_prompt!: string | null;
  @MapProperty({ max: 32, values: true, description: 'As they were sent, with the defaults of the model.' })
  parameters!: Record<string, unknown>;
  @UuidProperty({ nullable: true }) project_id!: string | null;
  @FlagProperty() has_reference_image!: boolean;
  @FlagProperty() favorite!: boolean;
  @IntegerProperty({ description: 'Percent; stays 0 where the provider does not say.' }) progress!: number;
  @IntegerProperty({ optional: true, description: 'How many wait before it, where that is known.' })
  queue_position?: number;
  @IntegerProperty() credits_cost!: number;
  @MomentProperty() created_at!: string;
  @MomentProperty({ nullable: true }) finished_at!: string | null;
  @ObjectProperty(GenerationErrorResponse, { optional: true }) error?: GenerationErrorResponse;
  @ListProperty(MediaResponse, {
    optional: true,
    description: 'Once completed.',
    max: generationPolicy.resultsAtMost,
  })
  media?: MediaResponse[];
}

export class GenerationsPage {
  @ListProperty(GenerationResponse, { max: 100 }) data!: GenerationResponse[];
  @NextCursorProperty() next_cursor!: string | null;
}

export class GenerationStatsResponse {
  @IntegerProperty() total!: number;
  @IntegerProperty({ description: 'For those that were completed and not deleted since.' })
  credits_spent!: number;
  @MapProperty({ max: 5, values: countSchema }) by_status!: Partial<Record<WireStatus, number>>;
  @MapProperty({ max: 1000, values: countSchema }) by_model!: Record<string, number>;
}

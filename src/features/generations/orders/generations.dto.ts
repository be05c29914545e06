import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
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
  @ApiProperty({ description: 'A link that expires.' }) url!: string;
  @ApiProperty() content_type!: string;
  @ApiProperty({ type: Number, nullable: true }) width!: number | null;
  @ApiProperty({ type: Number, nullable: true }) height!: number | null;
  @ApiProperty() bytes!: number;
}

export class MediaUrlResponse extends MediaResponse {
  @ApiProperty({ format: 'date-time' }) expires_at!: string;
}

export class MediaUrlsResponse {
  @ApiProperty({ type: [MediaUrlResponse] }) data!: MediaUrlResponse[];
}

export class GenerationErrorResponse {
  @ApiProperty({ enum: failureCodes }) code!: string;
}

export class GenerationResponse {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: wireStatuses }) status!: WireStatus;
  @ApiProperty({ enum: ['image', 'video'] }) kind!: 'image' | 'video';
  @ApiProperty() model_id!: string;
  @ApiProperty() prompt!: string;
  @ApiProperty({ type: String, nullable: true }) negative_prompt!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true }) parameters!: Record<string, unknown>;
  @ApiProperty({ type: String, nullable: true, format: 'uuid' }) project_id!: string | null;
  @ApiProperty() has_reference_image!: boolean;
  @ApiProperty() favorite!: boolean;
  @ApiProperty({ description: 'Percent; stays 0 where the provider does not say.' }) progress!: number;
  @ApiPropertyOptional({ description: 'How many wait before it, where that is known.' })
  queue_position?: number;
  @ApiProperty() credits_cost!: number;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
  @ApiProperty({ type: String, nullable: true, format: 'date-time' }) finished_at!: string | null;
  @ApiPropertyOptional({ type: GenerationErrorResponse }) error?: GenerationErrorResponse;
  @ApiPropertyOptional({ type: [MediaResponse], description: 'Once completed.' }) media?: MediaResponse[];
}

export class GenerationsPage {
  @ApiProperty({ type: [GenerationResponse] }) data!: GenerationResponse[];
  @ApiProperty({ type: String, nullable: true, format: 'uuid' }) next_cursor!: string | null;
}

const counts = { type: 'object', additionalProperties: { type: 'integer' } } as const;

export class GenerationStatsResponse {
  @ApiProperty() total!: number;
  @ApiProperty({ description: 'For those that were completed and not deleted since.' })
  credits_spent!: number;
  @ApiProperty(counts) by_status!: Partial<Record<WireStatus, number>>;
  @ApiProperty(counts) by_model!: Record<string, number>;
}

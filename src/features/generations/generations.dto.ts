import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IntegerField, ObjectField, TextField, UuidField } from '../../perimeter/input/fields.js';

export const wireStatuses = ['queued', 'processing', 'completed', 'failed', 'cancelled'] as const;
export type WireStatus = (typeof wireStatuses)[number];

export class CreateGenerationRequest {
  @TextField({ description: 'Id of a model.', min: 1, max: 100, example: 'velro/canvas' })
  model_id!: string;

  @TextField({ description: 'What to paint.', min: 1, max: 2000, example: 'a lighthouse over a violet sea' })
  prompt!: string;

  @TextField({ description: 'What to leave out.', optional: true, max: 2000 })
  negative_prompt?: string;

  @ObjectField({ description: 'Parameters of the model; unknown ones are refused.', optional: true })
  parameters?: Record<string, unknown>;
}

export class ListGenerationsQuery {
  @IntegerField({ description: 'At most so many.', optional: true, min: 1, max: 100, fromQuery: true })
  limit?: number;

  @UuidField({ description: '`next_cursor` of the page before.', optional: true })
  cursor?: string;
}

export class MediaResponse {
  @ApiProperty({ description: 'A link that expires.' }) url!: string;
  @ApiProperty() content_type!: string;
  @ApiProperty({ type: Number, nullable: true }) width!: number | null;
  @ApiProperty({ type: Number, nullable: true }) height!: number | null;
  @ApiProperty() bytes!: number;
}

export class GenerationErrorResponse {
  @ApiProperty() code!: string;
}

export class GenerationResponse {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ enum: wireStatuses }) status!: WireStatus;
  @ApiProperty() model_id!: string;
  @ApiProperty() prompt!: string;
  @ApiProperty({ type: String, nullable: true }) negative_prompt!: string | null;
  @ApiProperty({ type: 'object', additionalProperties: true }) parameters!: Record<string, unknown>;
  @ApiProperty({ description: 'Percent.' }) progress!: number;
  @ApiProperty() credits_cost!: number;
  @ApiProperty({ format: 'date-time' }) created_at!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) finished_at!: string | null;
  @ApiPropertyOptional({ type: GenerationErrorResponse }) error?: GenerationErrorResponse;
  @ApiPropertyOptional({ type: [MediaResponse], description: 'Once completed.' }) media?: MediaResponse[];
}

export class GenerationsPage {
  @ApiProperty({ type: [GenerationResponse] }) data!: GenerationResponse[];
  @ApiProperty({ type: String, nullable: true, format: 'uuid' }) next_cursor!: string | null;
}

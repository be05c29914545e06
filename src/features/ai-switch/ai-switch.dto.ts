import { ApiProperty } from '@nestjs/swagger';
import { FlagField } from '../../perimeter/input/fields.js';

export class ToggleAiRequest {
  @FlagField({ description: 'Whether providers may be asked for anything new, on every instance.' })
  enabled!: boolean;
}

export class ToggleAiResponse {
  @ApiProperty() ai_enabled!: boolean;
  @ApiProperty({ description: 'What held before.' }) previous_state!: boolean;
  @ApiProperty() changed!: boolean;
}

export class AiRouting {
  @ApiProperty({ description: 'Who makes pictures and videos.' }) generations!: string;
  @ApiProperty({ description: 'Who answers for agents.' }) language!: string;
}

export class AiStatusResponse {
  @ApiProperty({ description: 'AI_ENABLED and the stored switch.' }) ai_enabled!: boolean;
  @ApiProperty({ description: 'The stored switch alone.' }) switch!: boolean;
  @ApiProperty({ description: 'AI_ENABLED.' }) allowed_by_configuration!: boolean;
  @ApiProperty({ format: 'date-time' }) changed_at!: string;
  @ApiProperty({ description: 'Of language models.' }) provider!: string;
  @ApiProperty({ type: String, nullable: true, description: 'Null: this version calls no language model.' })
  model!: string | null;
  @ApiProperty() timeout_ms!: number;
  @ApiProperty({ type: AiRouting }) routing!: AiRouting;
}

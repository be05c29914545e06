import { ApiProperty } from '@nestjs/swagger';

export class ModelResponse {
  @ApiProperty({ example: 'velro/canvas' }) id!: string;
  @ApiProperty() title!: string;
  @ApiProperty({ enum: ['image', 'video'] }) kind!: 'image' | 'video';
  @ApiProperty({ description: 'Credits for one generation.' }) credits_cost!: number;
  @ApiProperty({ enum: ['none', 'optional', 'required'] }) reference_image!: 'none' | 'optional' | 'required';
  @ApiProperty() negative_prompt!: boolean;
  @ApiProperty({ description: 'After so many seconds at the provider a generation is given up.' })
  deadline_seconds!: number;
}

export class ModelDetailsResponse extends ModelResponse {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'JSON Schema of what `POST /generations` takes for this model.',
  })
  input_schema!: Readonly<Record<string, unknown>>;
}

export class ModelsResponse {
  @ApiProperty({ type: [ModelResponse] }) data!: ModelResponse[];
}

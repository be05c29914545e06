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

export class ReferenceBoundsResponse {
  @ApiProperty({ type: [String], description: 'Still pictures of these types, by their content.' })
  content_types!: readonly string[];
  @ApiProperty() max_bytes!: number;
  @ApiProperty() max_pixels!: number;
  @ApiProperty({ description: 'Of either side.' }) max_side!: number;
  @ApiProperty({ description: 'A larger picture is scaled down to so many pixels.' })
  scaled_to_pixels!: number;
}

export class PaintsResponse {
  @ApiProperty({ type: [String], example: ['fox', 'cat', 'lighthouse'] }) subjects!: readonly string[];
  @ApiProperty({ type: [String], example: ['forest', 'sea', 'city'] }) settings!: readonly string[];
  @ApiProperty({ type: [String], example: ['dawn', 'night'] }) times!: readonly string[];
  @ApiProperty({ type: [String], example: ['rain', 'snow'] }) weather!: readonly string[];
  @ApiProperty({ type: [String], description: 'A colour is that of the noun it precedes.' })
  colours!: readonly string[];
  @ApiProperty({ type: [String] }) styles!: readonly string[];
  @ApiProperty({ type: [String] }) moods!: readonly string[];
}

export class ModelDetailsResponse extends ModelResponse {
  @ApiProperty({
    type: ReferenceBoundsResponse,
    nullable: true,
    description: 'Null where the model takes no reference image.',
  })
  reference_image_bounds!: ReferenceBoundsResponse | null;

  @ApiProperty({
    type: PaintsResponse,
    nullable: true,
    description:
      'What the model can draw, where it reads prompts by a list of words; it sets what it cannot draw in type under the ' +
      'picture. Null where it takes any prompt.',
  })
  paints!: PaintsResponse | null;

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

import {
  ChoiceProperty,
  FlagProperty,
  IntegerProperty,
  ListProperty,
  MapProperty,
  mediaTypeSchema,
  ModelIdProperty,
  ObjectProperty,
  TextProperty,
  wordSchema,
} from '../../perimeter/output/properties.js';

export class ModelResponse {
  @ModelIdProperty() id!: string;
  @TextProperty({ max: 100 }) title!: string;
  @ChoiceProperty(['image', 'video']) kind!: 'image' | 'video';
  @IntegerProperty({ description: 'Credits for one generation.' }) credits_cost!: number;
  @ChoiceProperty(['none', 'optional', 'required']) reference_image!: 'none' | 'optional' | 'required';
  @FlagProperty() negative_prompt!: boolean;
  @IntegerProperty({ description: 'After so many seconds at the provider a generation is given up.' })
  deadline_seconds!: number;
}

export class ReferenceBoundsResponse {
  @ListProperty(mediaTypeSchema, {
    description: 'Still pictures of these types, by their content.',
    max: 10,
  })
  content_types!: readonly string[];
  @IntegerProperty() max_bytes!: number;
  @IntegerProperty() max_pixels!: number;
  @IntegerProperty({ description: 'Of either side.' }) max_side!: number;
  @IntegerProperty({ description: 'A larger picture is scaled down to so many pixels.' })
  scaled_to_pixels!: number;
}

export class PaintsResponse {
  @ListProperty(wordSchema, { example: ['fox', 'cat', 'lighthouse'], max: 500 }) subjects!: readonly string[];
  @ListProperty(wordSchema, { example: ['forest', 'sea', 'city'], max: 500 }) settings!: readonly string[];
  @ListProperty(wordSchema, { example: ['dawn', 'night'], max: 500 }) times!: readonly string[];
  @ListProperty(wordSchema, { example: ['rain', 'snow'], max: 500 }) weather!: readonly string[];
  @ListProperty(wordSchema, { description: 'A colour is that of the noun it precedes.', max: 500 })
  colours!: readonly string[];
  @ListProperty(wordSchema, { max: 500 }) styles!: readonly string[];
  @ListProperty(wordSchema, { max: 500 }) moods!: readonly string[];
}

export class ModelDetailsResponse extends ModelResponse {
  @ObjectProperty(ReferenceBoundsResponse, {
    nullable: true,
    description: 'Null where the model takes no reference image.',
  })
  reference_image_bounds!: ReferenceBoundsResponse | null;

  @ObjectProperty(PaintsResponse, {
    nullable: true,
    description:
      'What the model can draw, where it reads prompts by a list of words; it sets what it cannot draw in type under the ' +
      'picture. Null where it takes any prompt.',
  })
  paints!: PaintsResponse | null;

  @MapProperty({
    max: 16,
    values: true,
    description: 'JSON Schema of what `POST /generations` takes for this model.',
  })
  input_schema!: Readonly<Record<string, unknown>>;
}

export class ModelsResponse {
  @ListProperty(ModelResponse, { max: 1000 }) data!: ModelResponse[];
}

import {
  ChoiceProperty,
  FlagProperty,
  IntegerProperty,
  MomentProperty,
  ObjectProperty,
  TextProperty,
} from '../../perimeter/output/properties.js';
import { FlagField } from '../../perimeter/input/fields.js';

const generationProviders = ['fal', 'canvas'];
const languageProviders = ['gemini', 'openai', 'local'];

export class ToggleAiRequest {
  @FlagField({
    description: 'Whether providers may be asked for anything new, on every instance.',
    example: true,
  })
  enabled!: boolean;
}

export class ToggleAiResponse {
  @FlagProperty() ai_enabled!: boolean;
  @FlagProperty({ description: 'What held before.' }) previous_state!: boolean;
  @FlagProperty() changed!: boolean;
}

export class AiRouting {
  @ChoiceProperty(generationProviders, { description: 'Who makes pictures and videos.' })
  generations!: string;
  @ChoiceProperty(languageProviders, { description: 'Who answers for agents.' }) language!: string;
}

export class AiStatusResponse {
  @FlagProperty({ description: 'AI_ENABLED and the stored switch.' }) ai_enabled!: boolean;
  @FlagProperty({ description: 'The stored switch alone.' }) switch!: boolean;
  @FlagProperty({ description: 'AI_ENABLED.' }) allowed_by_configuration!: boolean;
  @MomentProperty() changed_at!: string;
  @ChoiceProperty(languageProviders, { description: 'Of language models.' }) provider!: string;
  @TextProperty({ nullable: true, max: 100, description: 'Null: this version calls no language model.' })
  model!: string | null;
  @IntegerProperty() timeout_ms!: number;
  @ObjectProperty(AiRouting) routing!: AiRouting;
}

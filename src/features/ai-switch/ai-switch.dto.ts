import { FlagProperty } from '../../perimeter/output/properties.js';
import { FlagField } from '../../perimeter/input/fields.js';

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

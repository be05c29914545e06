import { openAiPolicy } from '../../../../../config/policy/assistants/openai.js';
import { ChoiceField, IntegerField, TextField } from '../../../../perimeter/input/fields.js';
import {
  IntegerProperty,
  ListProperty,
  TextProperty,
  UrlProperty,
} from '../../../../perimeter/output/properties.js';

/** The body of OpenAI's image generations, as far as it is taken; anything else is refused. */
export class CreateImageRequest {
  @TextField({
    description: 'What the picture shows.',
    min: 1,
    max: openAiPolicy.imagePromptCharacters,
    example: 'A red circle on white',
  })
  prompt!: string;

  @TextField({
    description: 'One of the models of pictures; the first of them when left out.',
    optional: true,
    min: 1,
    max: openAiPolicy.modelCharacters,
  })
  model?: string;

  @IntegerField({ description: 'Pictures: one.', optional: true, min: 1, max: 1 }) n?: number;

  @TextField({
    description: '`auto`, or width and height as 1024x1024, as far as the model can.',
    optional: true,
    max: 11,
    pattern: '^(auto|[1-9][0-9]{1,4}x[1-9][0-9]{1,4})$',
  })
  size?: string;

  @ChoiceField({
    description: 'The picture in base64, which is usual, or a signed link to it.',
    optional: true,
    of: ['b64_json', 'url'],
  })
  response_format?: 'b64_json' | 'url';

  @ChoiceField({ description: 'Taken, and not used.', optional: true, of: ['auto', 'standard'] })
  quality?: string;
  @ChoiceField({ description: 'Taken, and not used.', optional: true, of: ['auto'] }) moderation?: string;
  @TextField({ description: 'Taken, and not used.', optional: true, max: 512 }) user?: string;
}

class MadeImage {
  @TextProperty({ max: 200_000_000, pattern: '^[A-Za-z0-9+/]*={0,2}$', optional: true }) b64_json?: string;
  @UrlProperty({ optional: true, description: 'Valid for an hour.' }) url?: string;
}

export class ImagesResponse {
  @IntegerProperty({ description: 'Seconds since 1970.' }) created!: number;
  @ListProperty(MadeImage, { max: 1 }) data!: MadeImage[];
}

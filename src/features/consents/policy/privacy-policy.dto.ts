import { TextField } from '../../../perimeter/input/fields.js';
import { ListProperty, TextProperty } from '../../../perimeter/output/properties.js';

const versionPattern = '^[0-9]{4}-[0-9]{2}-[0-9]{2}$';

export class PrivacyPolicyQuery {
  @TextField({
    description: 'An earlier version; without it the present one.',
    optional: true,
    min: 10,
    max: 10,
    pattern: versionPattern,
  })
  version?: string;
}

export class PrivacyPolicyResponse {
  @TextProperty({ description: 'The day from which on it holds.', max: 10, pattern: versionPattern })
  version!: string;
  @ListProperty(
    { type: 'string', minLength: 10, maxLength: 10, pattern: versionPattern },
    {
      description: 'All there were, the latest first.',
      max: 1000,
      min: 1,
    },
  )
  versions!: string[];
  @TextProperty({ description: 'Markdown.', max: 200_000 }) text!: string;
  @TextProperty({ description: 'SHA-256 of the text.', max: 64, pattern: '^[0-9a-f]{64}$' })
  text_sha256!: string;
}

import { agentPolicy } from '../../../../../config/policy/assistants/agents.js';
import { IntegerField, TextField } from '../../../../perimeter/input/fields.js';
import { pageQuery } from '../../../../perimeter/input/page-query.js';
import {
  ListProperty,
  MomentProperty,
  NextCursorProperty,
  TextProperty,
  UuidProperty,
} from '../../../../perimeter/output/properties.js';

const language = { max: 2, pattern: '^[a-z]{2}$' };

export class KnowledgeQuery extends pageQuery(100) {
  @IntegerField({
    description: 'Left out: the latest version.',
    optional: true,
    min: 1,
    max: agentPolicy.versions,
    fromQuery: true,
  })
  version?: number;
}

export class AddKnowledgeRequest {
  @TextField({
    description: 'What it is about.',
    min: 1,
    max: agentPolicy.titleCharacters,
    example: 'Opening hours',
  })
  title!: string;

  @TextField({
    description: 'What is so.',
    min: 1,
    max: agentPolicy.entryCharacters,
    example: 'The shop is open from nine to six on weekdays.',
  })
  text!: string;

  @TextField({
    description:
      'ISO 639-1: by its dictionary the entry is searched. Chinese, Japanese, Korean and Thai by pairs of characters, languages without a dictionary by their words as they are written.',
    min: 2,
    ...language,
    example: 'en',
  })
  language!: string;
}

export class AddedKnowledgeResponse {
  @UuidProperty() id!: string;
}

export class KnowledgeEntryResponse extends AddedKnowledgeResponse {
  @TextProperty({ max: agentPolicy.titleCharacters }) title!: string;
  @TextProperty({ max: agentPolicy.entryCharacters }) text!: string;
  @TextProperty(language) language!: string;
  @MomentProperty() created_at!: string;
}

export class KnowledgePage {
  @ListProperty(KnowledgeEntryResponse, { max: 100 }) data!: KnowledgeEntryResponse[];
  @NextCursorProperty() next_cursor!: string | null;
}

import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';
import { ChoiceField, FlagField, TextField, UuidField } from '../../../perimeter/input/fields.js';
import { pageQuery } from '../../../perimeter/input/page-query.js';
import {
  ChoiceProperty,
  ListProperty,
  MomentProperty,
  NextCursorProperty,
  TextProperty,
  UuidProperty,
} from '../../../perimeter/output/properties.js';
import { messengerModes, type MessengerMode } from '../people/people.repository.js';

export class ListPeopleQuery extends pageQuery(100) {
  @ChoiceField({
    description: 'Only those whom an agent, or a human, answers.',
    optional: true,
    of: messengerModes,
  })
  mode?: MessengerMode;

  @ChoiceField({
    description: 'Only those who are blocked, or who are not.',
    optional: true,
    of: ['true', 'false'],
  })
  blocked?: 'true' | 'false';
}

export class ChangePersonRequest {
  @ChoiceField({
    description: 'human: the agent is silent. bot: it answers from the next message on.',
    optional: true,
    of: messengerModes,
  })
  mode?: MessengerMode;

  @FlagField({
    description: 'true: nothing that the person writes is stored or answered. false: again.',
    optional: true,
  })
  blocked?: boolean;
}

export class MessengerPersonResponse {
  @UuidProperty() id!: string;
  @TextProperty({ max: messengerPolicy.idCharacters }) page_id!: string;
  @TextProperty({ max: 64, description: 'A keyed hash of the person’s id at this page.' }) pseudonym!: string;
  @ChoiceProperty(messengerModes) mode!: MessengerMode;
  @MomentProperty({ nullable: true, description: 'When the person last wrote.' }) last_message_at!:
    string | null;
  @MomentProperty({ nullable: true }) blocked_at!: string | null;
  @MomentProperty() created_at!: string;
}

export class MessengerPeoplePage {
  @ListProperty(MessengerPersonResponse, { max: 100 }) data!: MessengerPersonResponse[];
  @NextCursorProperty() next_cursor!: string | null;
}

export class ChoosePageAgentRequest {
  @TextField({
    description: 'Id of the page at Facebook.',
    min: 1,
    max: messengerPolicy.idCharacters,
    pattern: '^[0-9]+$',
    example: '104329857210001',
  })
  page_id!: string;

  @UuidField({
    description: 'A published agent; null: the default one.',
    optional: true,
    nullable: true,
    example: '0193c1f0-7d1e-7cc0-9b57-2f7de54aa100',
  })
  agent_id?: string | null;
}

export class PageAgentResponse {
  @TextProperty({ max: messengerPolicy.idCharacters }) page_id!: string;
  @UuidProperty() agent_id!: string;
}

export class PageAgentsResponse {
  @ListProperty(PageAgentResponse, { max: messengerPolicy.pages }) data!: PageAgentResponse[];
}

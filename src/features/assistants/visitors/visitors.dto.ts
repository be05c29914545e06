import { visitorTokenPolicy } from '../../../../config/policy/accounts/tokens.js';
import { TextField, UuidField } from '../../../perimeter/input/fields.js';
import { IntegerProperty, TextProperty, UuidProperty } from '../../../perimeter/output/properties.js';

const token = {
  max: visitorTokenPolicy.maxLength,
  pattern: `^${visitorTokenPolicy.prefix}[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$`,
};

export class CreateVisitorRequest {
  @UuidField({
    description: 'The agent that the visitor may ask; a public one.',
    example: '0193c1f0-7d1e-7cc0-9b57-2f7de54aa002',
  })
  agent_id!: string;

  @UuidField({
    description:
      'Of a visitor who came before, so that their conversations go on; one that this key does not know becomes a new one.',
    optional: true,
  })
  visitor_id?: string;
}

export class VisitorResponse {
  @TextProperty({ ...token, description: 'For the visitor’s browser: `Authorization: Bearer …`.' })
  visitor_token!: string;
  @UuidProperty({ description: 'For the next token of the same visitor.' }) visitor_id!: string;
  @UuidProperty() agent_id!: string;
  @IntegerProperty({ description: 'Seconds.' }) expires_in!: number;
}

export class ClaimVisitorRequest {
  @TextField({
    description: 'The token of the visitor, as of now.',
    min: 1,
    max: visitorTokenPolicy.maxLength,
    example: 'visitor_eyJ2aXNpdG9ySWQiOiIuLi4ifQ.c2lnbmF0dXJl',
  })
  visitor_token!: string;
}

export class ClaimedVisitorResponse {
  @IntegerProperty({ description: 'Conversations that are the account’s now.' }) conversations!: number;
}

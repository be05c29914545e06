import { agentPolicy } from '../../../../config/policy/assistants/agents.js';
import {
  FlagProperty,
  ListProperty,
  TextProperty,
  UuidProperty,
} from '../../../perimeter/output/properties.js';

export class AgentResponse {
  @UuidProperty() id!: string;
  @TextProperty({ max: agentPolicy.nameCharacters }) name!: string;
  @TextProperty({ max: agentPolicy.descriptionCharacters }) description!: string;
  @TextProperty({
    max: agentPolicy.disclosureCharacters,
    nullable: true,
    description: 'Stands before its first answer.',
  })
  disclosure!: string | null;
  @FlagProperty({ description: 'Whether it answers where no agent is named.' }) is_default!: boolean;
}

export class AgentsResponse {
  @ListProperty(AgentResponse, { max: agentPolicy.agents, description: 'By name.' }) data!: AgentResponse[];
}

import { agentPolicy } from '../../../config/policy/assistants/agents.js';
import { TextProperty, UuidProperty } from '../../perimeter/output/properties.js';

/** An entry of knowledge that an answer was given from. */
export class SourceResponse {
  @UuidProperty({ description: 'Of the entry.' }) id!: string;
  @TextProperty({ max: agentPolicy.titleCharacters }) title!: string;
}

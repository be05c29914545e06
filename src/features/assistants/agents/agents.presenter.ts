import type { PublishedAgent } from './agent.js';
import type { AgentResponse } from './agents.dto.js';

/** Without its instructions. */
export const toAgent = ({ id, name, description, disclosure, isDefault }: PublishedAgent): AgentResponse => ({
  id,
  name,
  description,
  disclosure,
  is_default: isDefault,
});

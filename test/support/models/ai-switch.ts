import { sql } from 'kysely';
import type { Executor } from '../../../src/database/database.js';

/** Turns the kill switch as the service's role, past the service: no entry of the audit log tells of it. */
export async function setAiSwitch(query: Executor, enabled: boolean): Promise<void> {
  await sql`
    with noted as (select set_config('velro.audited', ' ai.switched ', true))
    update velro.ai_switch set enabled = ${enabled} from noted`.execute(query);
}

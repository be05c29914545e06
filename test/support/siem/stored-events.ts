import { operatorOf } from '../accounts/operator.js';
import { ask } from '../database/database.js';
import type { Service } from '../process/service.js';
import { until } from '../process/wait-until.js';

/** Ids of the events in the database, in the order of their positions. */
export const storedIds = async (home: string): Promise<string[]> =>
  (
    await ask<{ id: string }>(
      home,
      'select id from velro.security_events where position is not null order by position',
    )
  ).map(({ id }) => id);

/** Waits until every event that a service has recorded so far is in the database. */
export async function allStored(service: Service): Promise<void> {
  await until(async () => {
    const { json } = await service.visitor().call('/ops/telemetry', { headers: operatorOf(service) });
    return (json.events as { waiting: number }).waiting === 0;
  }, 'every event in the database');
}

import { AiSwitchRepository } from '../../features/ai-switch/ai-switch.repository.js';
import type { Incident } from '../../features/incidents/incident.js';
import { IsolationRepository } from '../../features/incidents/isolation.repository.js';
import { CommandFailed } from '../command.js';
import { assertOpen, incidentOf, type Desk } from './desk.js';

const first = '00000000-0000-0000-0000-000000000000';

/**
 * Closes sign-ins, turns AI off and ends every session. Each step is whole by itself: whatever ended it in between, the same command goes on
 * with what is left, and where nothing is left it changes nothing. @throws CommandFailed where the incident is closed and sign-ins are not
 * closed because of it
 */
export async function isolate(desk: Desk, id: string | undefined): Promise<void> {
  const incident = await incidentOf(desk, id);
  const { print } = desk;
  const isolation = new IsolationRepository(desk.database);
  const closedNow = await closeSignIns(desk, isolation, incident);
  print(
    `sign-ins: ${closedNow ? 'closed' : 'were closed already'}; every access token, visitor token and API key is refused on every instance`,
  );
  const wasOn = await switchAiOff(desk, incident);
  print(`AI: ${wasOn ? 'off' : 'was off already'}`);
  print(`sessions: ${await endSessions(desk, isolation, incident)} ended, none is left`);
  for (const line of notShut) print(line);
}

const notShut = [
  'not shut: /ops with the credentials of an operator, /metrics, /health, and commands of this machine',
  'not shut: links to files that were signed before, until they expire; callbacks of providers; webhooks to and from others; mails in the queue',
  'not shut: generations that a provider has begun',
  'open again: npm run incident -- reopen <id>. API keys work again then; revoke those that are not to be trusted before. AI stays off',
];

function closeSignIns(
  { database, incidents, entry, event }: Desk,
  isolation: IsolationRepository,
  incident: Incident,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    const { incidentId } = await isolation.lock(tx);
    if (incidentId === incident.id) return false;
    if (incidentId !== null)
      throw new CommandFailed(
        `sign-ins are closed already because of incident ${incidentId}: reopen that one first`,
      );
    // Behind the lock: it may have been closed since it was looked at, and a closed one would hold the switch.
    assertOpen(await incidents.hold(tx, incident.id));
    await isolation.close(tx, incident.id);
    await entry(tx, 'incident.isolated', incident);
    await event(tx, 'HIGH', 'ADMIN sign-ins closed by command', incident);
    return true;
  });
}

function switchAiOff({ database, audit, by }: Desk, { id }: Incident): Promise<boolean> {
  const details = { enabled: false, by: 'incident', incident: id, operator: by };
  return new AiSwitchRepository(database).set(false, (tx) =>
    audit.entry(tx, { action: 'ai.switched', subjectId: null, details }, null),
  );
}

/** In bounded transactions: there may be a million. Nobody waits for it, since none of them can be renewed. */
async function endSessions(
  { database, entry }: Desk,
  isolation: IsolationRepository,
  incident: Incident,
): Promise<number> {
  let [after, sum]: [string | null, number] = [first, 0];
  while (after !== null) {
    const from: string = after;
    const { ended, last } = await database.transaction(async (tx) => {
      const batch = await isolation.endSessions(tx, from);
      if (batch.ended > 0)
        await entry(tx, 'user.sessions_ended', incident, { cause: 'incident', sessions: batch.ended });
      return batch;
    });
    sum += ended;
    after = last;
  }
  return sum;
}

/** Opens sign-ins again, also for a closed incident that holds the switch; AI stays off. @throws CommandFailed where it does not hold it, or sessions are left */
export async function reopen(desk: Desk, id: string | undefined): Promise<void> {
  const incident = await incidentOf(desk, id);
  const isolation = new IsolationRepository(desk.database);
  await desk.database.transaction(async (tx) => {
    const { incidentId } = await isolation.lock(tx);
    if (incidentId !== incident.id)
      throw new CommandFailed('sign-ins are not closed because of this incident: nothing was changed');
    if (!(await isolation.haveAllSessionsEnded(tx)))
      throw new CommandFailed('some sessions have not ended: run isolate again. Nothing was changed');
    await isolation.reopen(tx, incident.id);
    await desk.entry(tx, 'incident.reopened', incident);
    await desk.event(tx, 'HIGH', 'ADMIN sign-ins opened again by command', incident);
  });
  desk.print('sign-ins: open. Everybody signs in anew; API keys work again');
  desk.print('AI: off until an operator turns it on (POST /ops/ai/toggle)');
}

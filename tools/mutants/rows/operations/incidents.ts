import type { Mutant } from '../../mutant.ts';

const cli = 'src/cli/incident';
const specs = ['test/journeys/incident.spec.ts'];
const ofReplica = ['src/adapters/postgres/revocation-replica.spec.ts'];

/** Incidents: what is shut, what is said once, and what proves it. */
export const incidentMutants: readonly Mutant[] = [
  {
    title: 'tokens are accepted while sign-ins are closed',
    file: 'src/adapters/postgres/revocation-replica.ts',
    find: 'if (this.cut.isClosed || ',
    replace: 'if (',
    specs: ofReplica,
  },
  {
    title: 'tokens from before an isolation are accepted after it',
    file: 'src/adapters/postgres/revocation-replica.ts',
    find: 'iat < this.cut.notBefore',
    replace: 'iat < 0',
    specs: ofReplica,
  },
  {
    title: 'an instance does not hear that sign-ins were closed',
    file: 'src/adapters/postgres/replica-feed.ts',
    find: '    copy.replica.cut = cut;\n',
    replace: '    void cut;\n',
    specs,
    test: 'kill -9',
  },
  {
    title: 'routes that sign somebody in are open while sign-ins are closed',
    file: 'src/guards/sign-in.guard.ts',
    find: 'if (await this.revocations.areSignInsClosed()) throw',
    replace: 'if (false as boolean) throw',
    specs,
    test: '503 on every route',
  },
  {
    title: 'API keys are accepted while sign-ins are closed',
    file: 'src/features/api-keys/stored-api-key-authenticator.ts',
    find: "  if (key.isClosed) return 'key_closed';\n",
    replace: '',
    specs,
    test: 'refuses API keys',
  },
  {
    title: 'sign-ins are opened while sessions of before are left',
    file: `${cli}/isolate.ts`,
    find: '!(await isolation.haveAllSessionsEnded(tx))',
    replace: '(false as boolean)',
    specs,
    test: 'kill -9',
  },
  {
    title: 'an isolated incident is closed',
    file: `${cli}/records.ts`,
    find: '  if (isIsolated(incident))',
    replace: '  if (isIsolated(incident) && incident.title === "")',
    specs,
    test: 'refuses to close',
  },
  {
    title: 'a person is told of an incident each time',
    file: 'src/features/incidents/affected.repository.ts',
    find: "      .where('notified_at', 'is', null)\n      .executeTakeFirst();",
    replace: '      .executeTakeFirst();',
    specs,
    test: 'those whom it touched',
  },
  {
    title: 'a changed file of an archive is whole',
    file: `${cli}/verify-evidence.ts`,
    find: "one === 'damaged' || one.sha256 !== sha256",
    replace: "one !== 'damaged' && one.sha256 === ''",
    specs,
    test: 'evidence',
  },
];

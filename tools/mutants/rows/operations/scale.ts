import type { Mutant } from '../../mutant.ts';

const roles = ['test/journeys/roles.spec.ts'];
const feedSpec = ['src/adapters/postgres/replica-feed.spec.ts'];
const announcer = 'src/adapters/postgres/notifications/announcer.ts';
const announced = ['src/adapters/postgres/notifications/announcer.spec.ts'];

/** Several instances: who does what, and what they tell each other. */
export const scaleMutants: readonly Mutant[] = [
  {
    title: 'workers are not told of the webhook of a generation',
    file: 'src/features/generations/jobs/settlement.ts',
    find: '    this.endings.announce(ended);\n',
    replace: '',
    specs: roles,
    test: 'generation.completed',
  },
  {
    title: 'workers are not told of the webhook of an answer',
    file: 'src/features/assistants/chat/runs/runs.repository.ts',
    find: "this.work.tell('webhooks');",
    replace: 'void 0;',
    specs: roles,
    test: 'conversation.answered',
  },
  {
    title: 'the transaction that ends a generation notifies',
    file: 'supabase/migrations/20261202000000_webhook_hints.sql',
    find: "'generation.cancelled', ",
    replace: '',
    specs: ['src/features/generations/jobs/endings.repository.spec.ts'],
    test: 'notifies nobody within its transaction',
  },
  {
    title: 'whom a hint named is answered for from memory',
    file: 'src/adapters/postgres/postgres-revocations.ts',
    find: 'return replica.full || this.feed.isNamed(claims);',
    replace: 'return replica.full;',
    specs: ['src/adapters/postgres/postgres-revocations.spec.ts'],
    test: 'has not looked',
  },
  {
    title: 'a token that has to be asked for is known to live',
    file: 'src/adapters/postgres/postgres-revocations.ts',
    find: '&& !this.isAsked(replica, claims) && !replica.holds(claims)',
    replace: '&& !replica.holds(claims)',
    specs: ['src/adapters/postgres/postgres-revocations.spec.ts'],
    test: 'has not looked',
  },
  {
    title: 'a look forgets a name that it did not see',
    file: 'src/adapters/postgres/named-subjects.ts',
    find: 'if (number <= hint) this.hints.delete(subject);',
    replace: 'if (number <= hint || this.hints.size > 0) this.hints.delete(subject);',
    specs: feedSpec,
  },
  {
    title: 'all instances look at a named hint at once',
    file: 'src/adapters/postgres/replica-feed.ts',
    find: 'Math.random() * lookSpreadMs,',
    replace: '0.5 * lookSpreadMs,',
    specs: feedSpec,
  },
  {
    title: 'a look at a named hint comes when the replica is stale',
    file: 'src/adapters/postgres/replica-feed.ts',
    find: 'this.complete + untilLookMs - performance.now()',
    replace: 'Infinity',
    specs: feedSpec,
  },
  {
    title: 'a feed that has ended looks at the table',
    file: 'src/adapters/postgres/replica-feed.ts',
    find: '    this.disarm();\n    await this.looking.stop();',
    replace: '    await this.looking.stop();',
    specs: feedSpec,
  },
  {
    title: 'names fill the memory',
    file: 'src/adapters/postgres/named-subjects.ts',
    find: '(this.hints.size >= this.capacity && !this.hints.has(subject))',
    replace: 'false',
    specs: ['src/adapters/postgres/named-subjects.spec.ts'],
  },
  {
    title: 'an instance that answers requests takes jobs as well',
    file: 'src/features/generations/jobs/dispatcher.ts',
    find: "@Background('generations')",
    replace: '',
    specs: roles,
    test: 'leaves it in the queue',
  },
  {
    title: 'new work is told to nobody where another instance does it',
    file: 'src/tasks/work-hints.ts',
    find: 'this.announcements.announce(channels.work, work);',
    replace: 'return;',
    specs: roles,
    test: 'made by the second at once',
  },
  {
    title: 'a change of a generation is announced to nobody',
    file: 'src/features/generations/jobs/jobs.repository.ts',
    find: 'this.announcements.announce(channels.generations, id);',
    replace: 'void id;',
    specs: roles,
    test: 'shown by the first at once',
  },
  {
    title: 'an instance that takes jobs alone answers the API',
    file: 'src/perimeter/http/served-paths.ts',
    find: "if (role !== 'worker') return () => null;",
    replace: "if (role !== 'all') return () => null;",
    specs: roles,
    test: 'whoever asks',
  },
  {
    title: 'what could not be announced is forgotten',
    file: announcer,
    find: 'for (const { channel, payload } of announcements) this.keep(channel, payload);',
    replace: '',
    specs: announced,
  },
  {
    title: 'announcements that wait are as many as come',
    file: announcer,
    find: 'payloads.size >= announced || payload === anything',
    replace: 'payload === anything',
    specs: announced,
  },
  {
    title: 'a worker of a pool that was not started works when it is woken',
    file: 'src/tasks/worker-pool.ts',
    find: '!this.isStarted || ',
    replace: '',
    specs: ['src/tasks/worker-pool.spec.ts'],
  },
];

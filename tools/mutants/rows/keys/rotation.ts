import type { Mutant } from '../../mutant.ts';

const people = 'src/features/messenger/people';
const attempts = 'src/features/accounts/login-attempts';
const ofMessenger = [`${people}/messenger.rekey.spec.ts`];
const ofAttempts = [`${attempts}/login-attempts.rotation.spec.ts`];

/** A rotation of PSEUDONYM_KEY: what is known by the earlier key. */
export const rotationMutants: readonly Mutant[] = [
  {
    title: 'people of Messenger are somebody else once the key is rotated',
    file: `${people}/messenger-ids.ts`,
    find: 'return this.earlier === null ? null : hashUnder(this.earlier, pageId, psid);',
    replace: 'return this.earlier === null ? null : hashUnder(this.present, pageId, psid);',
    specs: ofMessenger,
  },
  {
    title: 'texts of Messenger are left under the earlier key',
    file: `${people}/messenger.rekey.ts`,
    find: '      if (earlier.length > 0) await this.rows.reseal(table, earlier);\n',
    replace: '',
    specs: ofMessenger,
  },
  {
    title: 'a rotation moves the first batch of people alone',
    file: `${people}/messenger.rekey.ts`,
    find: '      after = people.at(-1)?.id ?? null;\n      if (people.length < batch) break;',
    replace: '      break;',
    specs: ofMessenger,
  },
  {
    title: 'who is known by the earlier key alone is not forgotten',
    file: 'src/features/messenger/deletion/deletions.repository.ts',
    find: 'psid_hash in (${psidHash}, ${earlierHash ?? psidHash})',
    replace: 'psid_hash in (${psidHash}, ${psidHash})',
    specs: ofMessenger,
  },
  {
    title: 'failures by the earlier key do not count',
    file: `${attempts}/login-attempts.repository.ts`,
    find: 'select ${present}::bytea, 1, ${keyId}::text where ${byEarlierKey} < ${loginAttemptPolicy.maxFailures}',
    replace: 'select ${present}::bytea, 1, ${keyId}::text where true',
    specs: ofAttempts,
  },
  {
    title: 'failures by the earlier key count at the first attempt alone',
    file: `${attempts}/login-attempts.repository.ts`,
    find: 'where g.failures + g.pending + ${byEarlierKey} < ${loginAttemptPolicy.maxFailures}',
    replace: 'where g.failures + g.pending < ${loginAttemptPolicy.maxFailures}',
    specs: ofAttempts,
  },
  {
    title: 'a success leaves the failures by the earlier key',
    file: `${attempts}/login-attempts.repository.ts`,
    find: '        key_id = excluded.key_id`.execute(tx);\n    if (earlier !== null) await this.forgive(tx, earlier);',
    replace: '        key_id = excluded.key_id`.execute(tx);',
    specs: ofAttempts,
  },
  {
    title: 'a device keeps its token under the earlier key, and is unknown once that is gone',
    file: `${attempts}/login-attempts.service.ts`,
    find: 'if (isKnown && !device.isEarlier) return device.token;',
    replace: 'if (isKnown) return device.token;',
    specs: ofAttempts,
  },
  {
    title: 'a poll that a stop breaks off is a failure of its generation',
    file: 'src/features/generations/jobs/job-poller.ts',
    find: 'if (code === null && signal.reason instanceof InstanceStopping && job.providerReference !== null) {',
    replace: 'if (job.id === "") {',
    specs: ['test/journeys/fal.spec.ts'],
    test: 'that a stop breaks off',
  },
  {
    title: 'a pool of workers looks as often where there is no work',
    file: 'src/tasks/worker-pool.ts',
    find: 'if (performance.now() >= this.restUntil) this.wake();',
    replace: 'this.wake();',
    specs: ['src/tasks/worker-pool.spec.ts'],
  },
  {
    title: 'mails by the earlier key do not count',
    file: 'src/features/accounts/passwords/mail-limits.ts',
    find: '[present, ...(earlier === null ? [] : [earlier])]',
    replace: '[present ?? earlier]',
    specs: ['src/features/accounts/passwords/mail-limits.spec.ts'],
  },
  {
    title: 'what a visitor cost by the earlier key does not count',
    file: 'src/features/assistants/gateway/call-budget.ts',
    find: '[current, ...(previous === null ? [] : [previous])]',
    replace: '[current ?? previous]',
    specs: ['src/features/assistants/gateway/call-budget.spec.ts'],
  },
  {
    title: 'a reply under another key is given up',
    file: 'src/features/messenger/answers/reply-sender.ts',
    find: 'if (psid === null || text === null) throw new SealedUnderAnotherKey();',
    replace:
      "if (psid === null || text === null) { await this.replies.begin(person, reply.id, answerWithinMs); await this.replies.settle(reply.id, 'failed', null, null); return true; }",
    specs: ['src/features/messenger/answers/reply-sender.spec.ts'],
  },
  {
    title: 'every reply that meets a refused token is an event',
    file: 'src/features/messenger/answers/reply-sender.ts',
    find: 'if (!this.isTokenRefused) pageTokenRefused(this.events);',
    replace: 'pageTokenRefused(this.events);',
    specs: ['src/features/messenger/answers/reply-sender.spec.ts'],
  },
  {
    title: 'a request for deletion under another key is said to be done',
    file: 'src/features/messenger/deletion/deletions.worker.ts',
    find: "if (appUserId === null) throw new SendFailed('unreached', null);",
    replace: 'if (appUserId === null) { await this.deletions.carryOut(code, []); return; }',
    specs: ['src/features/messenger/deletion/deletions.worker.spec.ts'],
  },
  {
    title: 'the marking of accounts ends with the first that are marked',
    file: 'src/features/accounts/login-attempts/login-attempts.purge.ts',
    find: '      after = last;',
    replace: '      after = users.at(-1)?.id ?? null;',
    specs: ['src/features/accounts/login-attempts/login-attempts.purge.spec.ts'],
  },
  {
    title: 'of keys that are due at one time one is an alert',
    file: 'src/features/security/alerts/alert.service.ts',
    find: "`${event.text} ${keyOf(event) ?? ''}`",
    replace: '`${event.text}`',
    specs: ['test/journeys/key-watch.spec.ts'],
    test: 'that become critical together',
  },
];

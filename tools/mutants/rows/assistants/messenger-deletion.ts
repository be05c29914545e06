import type { Mutant } from '../../mutant.ts';

const messenger = 'src/features/messenger';
const removal = 'supabase/migrations/20261128110001_messenger_removal.sql';
const forgotten = [`${messenger}/people/forgotten-people.spec.ts`];
const journey = ['test/journeys/messenger.spec.ts'];
const replies = [`${messenger}/answers/replies.repository.spec.ts`];

/** People of Messenger who are forgotten, and turns of those who are answered. */
export const messengerDeletionMutants: readonly Mutant[] = [
  {
    title: 'what is left of somebody who is forgotten stays',
    file: `${messenger}/people/messenger.purge.ts`,
    find: '(await this.people.sweep(purgeBatch)) > 0',
    replace: 'purgeBatch === 0',
    specs: forgotten,
  },
  {
    title: 'somebody who is forgotten is listed until their last message is deleted',
    file: `${messenger}/people/people.repository.ts`,
    find: 'where removed_at is null and',
    replace: 'where',
    specs: forgotten,
  },
  {
    title: 'somebody who is forgotten is changed by an administrator',
    file: `${messenger}/people/people.repository.ts`,
    find: 'where id = ${id}::uuid and removed_at is null returning',
    replace: 'where id = ${id}::uuid returning',
    specs: forgotten,
  },
  {
    title: 'a reply to somebody who is forgotten is sent again',
    file: `${messenger}/answers/dead-replies.repository.ts`,
    find: ' and not ${isForgotten} returning',
    replace: ' returning',
    specs: forgotten,
  },
  {
    title: 'somebody who is forgotten is known by the hash until the last message is deleted',
    file: removal,
    find: 'psid_hash = uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), psid_sealed',
    replace: 'psid_sealed',
    specs: forgotten,
  },
  {
    title: 'what is delivered again of somebody who is forgotten is stored',
    file: removal,
    find: "      where received_at > now() - interval '36 hours'\n",
    replace: "      where received_at > now() + interval '36 hours'\n",
    specs: forgotten,
  },
  {
    title: 'what is delivered again while its sender is being forgotten is stored',
    file: removal,
    find: '  given := velro.unforgotten_messenger_messages(given);\n',
    replace: '',
    specs: forgotten,
  },
  {
    title: 'a message that was not stored leaves its sender behind',
    file: removal,
    find: "where p.id = (m ->> 'person_id')::uuid and not exists",
    replace: "where p.id is null and p.id = (m ->> 'person_id')::uuid and not exists",
    specs: forgotten,
  },
  {
    title: 'what a blocked person writes behind a deletion is deleted with what was before',
    file: removal,
    find: 'join velro.messenger_messages m on m.person_id = p.id and m.id <= p.removed_to',
    replace: 'join velro.messenger_messages m on m.person_id = p.id',
    specs: forgotten,
  },
  {
    title: 'a conversation goes on from what waits for its deletion',
    file: `${messenger}/answers/replies.repository.ts`,
    find: ' and m.id > coalesce(p.removed_to, 0)',
    replace: '',
    specs: forgotten,
  },
  {
    title: 'a blocked person cannot have everything deleted',
    file: removal,
    find: "where (m ->> 'asks_deletion')::boolean);",
    replace: 'where false);',
    specs: forgotten,
  },
  {
    title: 'who takes over withdraws what was asked to be deleted',
    file: removal,
    find: " and state = 'waiting' and not asks_deletion;",
    replace: " and state = 'waiting';",
    specs: forgotten,
  },
  {
    title: 'who takes over withdraws the confirmation of a deletion',
    file: removal,
    find: ' and m.id = r.message_id and not m.asks_deletion;',
    replace: ' and m.id = r.message_id;',
    specs: forgotten,
  },
  {
    title: 'a request for deletion is answered by nobody while a human answers',
    file: `${messenger}/answers/sendings.repository.ts`,
    find: "(mode = 'human' and forget_at is null)",
    replace: "mode = 'human'",
    specs: journey,
    test: 'also while a human answers',
  },
  {
    title: 'a worker stays with one person for as long as they write',
    file: `${messenger}/answers/messenger.worker.ts`,
    find: 'step < turnSteps',
    replace: 'step < 1000 * turnSteps',
    specs: journey,
    test: 'who never stop writing',
  },
  {
    title: 'a model is asked for what cannot be answered any more',
    file: `${messenger}/answers/messenger.worker.ts`,
    find: 'if (!message.isOpen && !message.asksDeletion) {',
    replace: 'if (message.id === null) {',
    specs: journey,
    test: 'no model is asked',
  },
  {
    title: 'a request for deletion after 24 hours is passed over',
    file: `${messenger}/answers/messenger.worker.ts`,
    find: 'if (!message.isOpen && !message.asksDeletion) {',
    replace: 'if (!message.isOpen) {',
    specs: journey,
    test: 'are deleted with their person',
  },
  {
    title: 'a worker without its lease has a reply sent again',
    file: `${messenger}/answers/sendings.repository.ts`,
    find: "interval '1 millisecond'\n      where id = ${replyId}::uuid and state = 'sending' and ${held(id, token)}`",
    replace: "interval '1 millisecond'\n      where id = ${replyId}::uuid and state = 'sending'`",
    specs: replies,
  },
  {
    title: 'a reply that was given up while Meta took it stays unknown',
    file: `${messenger}/answers/sendings.repository.ts`,
    find: "where id = ${replyId}::uuid and state in ('sending', 'unknown')",
    replace: "where id = ${replyId}::uuid and state = 'sending'",
    specs: replies,
  },
  {
    title: 'of deliveries that come together each counts all',
    file: removal,
    find: 'from entries e left join first using (place) group by e.delivery\n',
    replace: 'from entries e left join added on true left join first using (place) group by e.delivery\n',
    specs: forgotten,
  },
];

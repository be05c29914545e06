import type { Mutant } from '../../mutant.ts';

const messenger = 'src/features/messenger';
const specs = [`${messenger}/answers/replies.repository.spec.ts`];

/** Replies whose person, or whose stored state, changed while they were sent. */
export const messengerReplyMutants: readonly Mutant[] = [
  {
    title: 'a reply is sent into the conversation of a human',
    file: `${messenger}/answers/sendings.repository.ts`,
    find: "case when blocked_at is not null or (mode = 'human' and forget_at is null) then 'cancelled'",
    replace: "case when blocked_at is not null then 'cancelled'",
    specs,
  },
  {
    title: 'a reply is sent to somebody who is blocked',
    file: `${messenger}/answers/sendings.repository.ts`,
    find: "case when blocked_at is not null or (mode = 'human' and forget_at is null) then 'cancelled'",
    replace: "case when mode = 'human' and forget_at is null then 'cancelled'",
    specs,
  },
  {
    title: 'a reply that Meta has echoed is sent again',
    file: `${messenger}/inbound/inbox.repository.ts`,
    find: "r.state in ('queued', 'sending', 'unknown', 'failed')",
    replace: "r.state in ('sending', 'unknown', 'failed')",
    specs,
  },
  {
    title: 'the echo of the last reply stores somebody who is forgotten',
    file: `${messenger}/inbound/messenger-inbox.ts`,
    find: 'if (replyId !== null) ours.push({ replyId, mid });',
    replace: 'if (replyId !== null && mid === "") ours.push({ replyId, mid });',
    specs: ['test/journeys/messenger.spec.ts'],
    test: 'by the echo of the last reply',
  },
  {
    title: 'an id of a person stands in the id of a postback',
    file: `${messenger}/inbound/messenger-inbox.ts`,
    find: "this.ids.hashOf(pageId, `${psid}:${String(sentAt)}`).toString('hex')",
    replace: '`${psid}:${String(sentAt)}`',
    specs: ['test/journeys/messenger.spec.ts'],
    test: 'without an id of their own',
  },
  {
    title: 'an event of a later version stops the export of all',
    file: 'src/features/security/export/ocsf-classes.ts',
    find: "[event] ?? of('apiActivity', other, null);",
    replace: '[event] as OcsfMapping;',
    specs: ['src/features/security/export/siem-export.service.spec.ts'],
  },
];

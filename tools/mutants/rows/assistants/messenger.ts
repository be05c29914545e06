import type { Mutant } from '../../mutant.ts';

const messenger = 'src/features/messenger';
const specs = ['test/journeys/messenger.spec.ts'];
const migration = 'supabase/migrations/20261127195001_messenger.sql';

/** Messages to a page, and what their people are answered. */
export const messengerMutants: readonly Mutant[] = [
  {
    title: 'a batch of anybody is taken',
    file: `${messenger}/inbound/messenger-signature.ts`,
    find: "return equalInConstantTime(expected, signature.toLowerCase()) ? 'valid' : 'wrong';",
    replace: "return 'valid';",
    specs,
    test: 'with a wrong one',
  },
  {
    title: 'anybody confirms the subscription',
    file: `${messenger}/inbound/messenger.controller.ts`,
    find: 'if (!isOurs ||',
    replace: 'if (',
    specs,
    test: 'another token',
  },
  {
    title: 'a challenge is echoed whatever it is',
    file: `${messenger}/inbound/messenger.controller.ts`,
    find: '!/^\\d{1,30}$/.test(challenge)',
    replace: 'challenge.length > 30',
    specs,
    test: 'a challenge that is no number',
  },
  {
    title: 'refused batches are not limited',
    file: `${messenger}/inbound/messenger.controller.ts`,
    find: 'if (error instanceof Problem) await this.limit(request, reply);',
    replace: '',
    specs,
    test: 'limited by address',
  },
  {
    title: 'a message is stored as often as it is delivered',
    file: migration,
    find: 'on conflict (page_id, mid) do nothing;',
    replace: "on conflict (page_id, mid) do update set state = 'waiting';",
    specs,
    test: 'once each',
  },
  {
    title: 'the agent answers beside the human who took over',
    file: migration,
    find: "case p.mode when 'bot' then 'waiting' else 'ignored' end",
    replace: "'waiting'",
    specs,
    test: 'takes over',
  },
  {
    title: 'an echo of a reply is taken for a human',
    file: `${messenger}/inbound/messenger-inbox.ts`,
    find: 'replyId: isUuid(metadata) ? metadata : null,',
    replace: 'replyId: null,',
    specs,
    test: 'takes over',
  },
  {
    title: 'what is meant for another app is answered',
    file: `${messenger}/inbound/page-update.ts`,
    find: "for (const item of listOf(entry['messaging'])) this.readItem(item);",
    replace:
      "for (const item of [...listOf(entry['messaging']), ...listOf(entry['standby'])]) this.readItem(item);",
    specs,
    test: 'all else of a batch',
  },
  {
    title: 'ids of people are stored in clear',
    file: `${messenger}/people/messenger-ids.ts`,
    find: 'return seal(this.sealKey, Buffer.from(text),',
    replace: "if (of === 'psid') return Buffer.from(text);\n    return seal(this.sealKey, Buffer.from(text),",
    specs,
    test: 'only sealed',
  },
  {
    title: 'a reply that may have been sent is sent again',
    file: `${messenger}/answers/reply-sender.ts`,
    find: "if (failure === 'unknown' || retryMs === undefined) {",
    replace: 'if (retryMs === undefined) {',
    specs,
    test: 'is broken off',
  },
  {
    title: 'people are answered whenever they wrote',
    file: `${messenger}/answers/reply-sender.ts`,
    find: 'this.replies.begin(person, reply.id, answerWithinMs)',
    replace: 'this.replies.begin(person, reply.id, answerWithinMs * 1000)',
    specs,
    test: 'within 24 hours',
  },
  {
    title: 'what comes behind a reply that waits passes it',
    file: `${messenger}/answers/replies.repository.ts`,
    find: "where person_id = ${id}::uuid and state = 'queued' order by message_id, part limit 1",
    replace:
      "where person_id = ${id}::uuid and state = 'queued' and next_attempt_at <= now() order by message_id, part limit 1",
    specs,
    test: 'for too many calls',
  },
  {
    title: 'a person is disclosed to with every answer',
    file: `${messenger}/answers/messenger-answers.service.ts`,
    find: 'message.wasDisclosed ? null',
    replace: 'message.id === "" ? null',
    specs,
    test: 'discloses, once',
  },
  {
    title: 'who asks for it is not forgotten',
    file: migration,
    find: 'if held.blocked_at is null then delete from velro.messenger_people where id = person; return; end if;',
    replace: '',
    specs,
    test: 'delete all that is stored',
  },
  {
    title: 'two workers answer one person',
    file: migration,
    find: 'where work_at <= now() order by work_at limit 1 for update skip locked)',
    replace: 'where work_at is not null order by work_at limit 1 for update skip locked)',
    specs: ['test/faults/messenger.spec.ts'],
  },
  {
    title: 'a reply is cut within what is seen as one character',
    file: `${messenger}/answers/reply-text.ts`,
    find: 'if (index + segment.length > characters) break;\n    end = index + segment.length;',
    replace: 'end = Math.min(index + segment.length, characters);',
    specs: [`${messenger}/answers/reply-text.spec.ts`],
    cheap: true,
  },
];

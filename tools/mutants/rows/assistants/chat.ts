import type { Mutant } from '../../mutant.ts';

const runs = 'src/features/assistants/chat/runs';
const chatSpec = ['test/journeys/chat.spec.ts'];

/** Conversations: one answer at a time, given to its end, resumed, stopped, and their owner's alone. */
export const chatMutants: readonly Mutant[] = [
  {
    title: 'two answers of one conversation run at once',
    file: `${runs}/run-beginnings.repository.ts`,
    find: "if (await this.isRunning(tx, caller, id)) return 'busy';",
    replace: '',
    specs: chatSpec,
    test: 'is answered once when two tabs',
  },
  {
    title: 'an answer ends when its client goes away',
    file: `${runs}/chat-streams.ts`,
    find: 'stream.onClose(run.follow(stream));',
    replace: 'stream.onClose(run.follow(stream));\n    stream.onClose(() => run.stopping.abort());',
    specs: chatSpec,
    test: 'is answered to its end, once',
  },
  {
    title: 'a stop is seen by its own instance alone',
    file: `${runs}/chat-runs.service.ts`,
    find: 'for (const run of runs) if (found.get(run.id) !== false && this.runs.has(run.id)) run.stopping.abort();',
    replace: '',
    specs: chatSpec,
    test: 'keeps what came of it, elsewhere',
  },
  {
    title: 'what a client claims was said is believed',
    file: 'src/features/assistants/chat/chat-order.ts',
    find: "if (last['role'] !== 'user')",
    replace: "if (last['role'] === 'system')",
    specs: chatSpec,
    test: 'messages that end with an answer',
  },
  {
    title: 'a conversation is read by anybody who knows its id',
    file: 'src/features/assistants/chat/conversations/conversations.repository.ts',
    find: "      .select(columns)\n      .where('user_id', '=', caller.userId)\n      .where('id', '=', id)\n      .executeTakeFirst();\n    return row === undefined ? null : toConversation(row);\n  }\n\n  /** The latest first, before",
    replace:
      "      .select(columns)\n      .where('id', '=', id)\n      .executeTakeFirst();\n    return row === undefined ? null : toConversation(row);\n  }\n\n  /** The latest first, before",
    specs: chatSpec,
    test: 'are their owner',
  },
  {
    title: 'what is personal is stored',
    file: `${runs}/chat.service.ts`,
    find: 'this.config.piiRedaction ? redact(',
    replace: 'this.config.piiRedaction ? String(',
    specs: chatSpec,
    test: 'is stored and sent without what is personal',
  },
  {
    title: 'a model is shown nothing of what fell out of the window',
    file: `${runs}/chat-calls.ts`,
    find: "window.summary === '' ? '' :",
    replace: "window.summary !== 'x' ? '' :",
    specs: chatSpec,
    test: 'shows a model what fits',
  },
  {
    title: 'the answer of a killed instance runs for ever',
    file: `${runs}/runs.sweep.ts`,
    find: 'await this.runs.finish(id, [], { ...facts, text }, { onlyIfLost: true });',
    replace: 'void [id, text, facts];',
    specs: chatSpec,
    test: 'of a killed instance',
  },
  {
    title: 'a question shows a file that is no picture of the asker',
    file: `${runs}/chat-calls.ts`,
    find: 'await this.attachments.require(caller, question?.attachments ?? []);',
    replace: 'void question; void caller;',
    specs: chatSpec,
    test: 'those of somebody else',
  },
  {
    title: 'nothing is held for what a picture costs',
    file: 'src/features/assistants/gateway/call-reservations.ts',
    find: 'call.pictures?.count ?? 0',
    replace: '0',
    specs: chatSpec,
    test: 'holds back what they can cost',
  },
  {
    title: 'a question that is answered again shows no pictures',
    file: `${runs}/run-beginnings.repository.ts`,
    find: 'question?.attachments ?? (await this.attachmentsOf(tx, caller, id, last))',
    replace: 'question?.attachments ?? []',
    specs: chatSpec,
    test: 'answered again',
  },
];

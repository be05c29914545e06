import type { Mutant } from '../../mutant.ts';

const folder = 'src/features/webhooks/inbound';
const specs = ['test/journeys/gateway-questions.spec.ts'];

/** Questions that other systems hand to agents. */
export const gatewayQuestionMutants: readonly Mutant[] = [
  {
    title: 'a question of the gateway is asked as often as it comes',
    file: `${folder}/agent-questions.service.ts`,
    find: 'if (!(await this.messages.claim(tx, message, begun))) throw new HandedOver();',
    replace: 'await this.messages.claim(tx, message, begun);',
    specs,
    test: 'is asked once',
  },
  {
    title: 'a question of the gateway is known by its id before it is stored',
    file: 'src/features/assistants/chat/runs/chat.service.ts',
    find: '      await claim(tx, { runId, conversationId, answerId });\n',
    replace:
      '      await this.database.transaction((other) => claim(other, { runId, conversationId, answerId }));\n',
    specs,
    test: 'while the one before it is being answered',
  },
  {
    title: 'the gateway asks in the name of a disabled account',
    file: `${folder}/agent-questions.service.ts`,
    find: 'if (user?.disabledAt !== null)',
    replace: 'if (user === null)',
    specs,
    test: 'of a disabled account',
  },
  {
    title: 'messages to the gateway come from anywhere',
    file: `${folder}/gateway-addresses.ts`,
    find: 'return this.ranges?.hold(ip) ?? true;',
    replace: 'return this.ranges === null || ip !== "";',
    specs,
    test: 'is refused though it is signed',
  },
];

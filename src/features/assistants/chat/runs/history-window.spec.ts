import { describe, expect, it } from '@jest/globals';
import { chatPolicy } from '../../../../../config/policy/assistants/chat.js';
import { windowOf, type NumberedMessage } from './history-window.js';

const nothing = { text: '', to: 0 };
const talk = (count: number, text: (number: number) => string): NumberedMessage[] =>
  Array.from({ length: count }, (_, at) => ({
    number: at + 1,
    role: at % 2 === 0 ? 'user' : 'assistant',
    text: text(at + 1),
  }));
/** As many tokens as the whole window, one message's share of eight included. */
const full = 'word'.repeat(chatPolicy.windowTokens - 8);

describe('the window of a conversation', () => {
  it('is all of a short one, with nothing to sum up', () => {
    const messages = talk(3, (number) => `m${number}`);
    expect(windowOf(messages, nothing)).toEqual({
      shown: messages.map(({ role, text }) => ({ role, text })),
      summary: '',
      summarisedTo: 0,
    });
  });

  it('shows the latest message even alone, when it fills the window or more', () => {
    for (const text of [full, `${full}x`, full.repeat(3)]) {
      const { shown, summary, summarisedTo } = windowOf(
        [
          { number: 1, role: 'user', text: 'first' },
          { number: 2, role: 'assistant', text: 'second' },
          { number: 3, role: 'user', text },
        ],
        nothing,
      );
      expect(shown).toEqual([{ role: 'user', text }]);
      expect([summary, summarisedTo]).toEqual(['user: first\nassistant: second', 2]);
    }
  });

  it('begins with a question, though an answer would fit', () => {
    const half = 'word'.repeat(chatPolicy.windowTokens / 2 - 100);
    const { shown } = windowOf(
      talk(3, () => half),
      nothing,
    );
    expect(shown).toEqual([{ role: 'user', text: half }]);
  });

  it('sums each message up once, and goes on from what was summed up before', () => {
    const messages = talk(5, (number) => (number === 5 ? full : `m${number}`));
    const first = windowOf(messages.slice(0, 3), { text: '', to: 0 });
    expect(first.summarisedTo).toBe(0);
    const second = windowOf(messages, { text: 'user: m1\nassistant: m2', to: 2 });
    expect(second.summary).toBe('user: m1\nassistant: m2\nuser: m3\nassistant: m4');
    expect(second.summarisedTo).toBe(4);
  });

  it('has a summary of bounded size, of which the oldest goes, and whose lines are no lines of the messages', () => {
    const messages = [
      ...talk(40, (number) => `message ${number}\n${'word '.repeat(200)}`),
      { number: 41, role: 'user' as const, text: full },
    ];
    const { summary, summarisedTo } = windowOf(messages, nothing);
    expect(summary.length).toBeLessThanOrEqual(chatPolicy.summaryCharacters);
    expect(summarisedTo).toBe(40);
    const lines = summary.split('\n');
    expect(lines.at(-1)).toMatch(/^assistant: message 40 word .*…$/);
    expect(lines.every((line) => /^(user|assistant): /.test(line))).toBe(true);
  });

  it('counts other letters than ASCII as a token each', () => {
    const cjk = '語'.repeat(chatPolicy.windowTokens - 8);
    const { shown } = windowOf(
      [
        { number: 1, role: 'user', text: 'a' },
        { number: 2, role: 'assistant', text: 'b' },
        { number: 3, role: 'user', text: cjk },
      ],
      nothing,
    );
    expect(shown).toHaveLength(1);
  });
});

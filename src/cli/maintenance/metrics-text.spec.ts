import { describe, expect, it } from '@jest/globals';
import { samplesIn } from './metrics-text.js';

describe('a text of metrics', () => {
  it('has its values by name and labels, and nothing of what is no value', () => {
    const text = [
      '# HELP a_b What it is.',
      'a_b 3',
      'c{route="/x/:id",status="5xx"} 1.5e3 # {trace_id="ab"} 1',
      'd{text="a\\"b,c=\\"d"} NaN',
      'not a line',
      '',
    ].join('\n');
    expect(samplesIn(text)).toEqual([
      { name: 'a_b', labels: {}, value: 3 },
      { name: 'c', labels: { route: '/x/:id', status: '5xx' }, value: 1500 },
      { name: 'd', labels: { text: 'a"b,c="d' }, value: Number.NaN },
    ]);
  });
});

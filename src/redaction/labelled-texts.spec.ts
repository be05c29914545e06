import { describe, expect, it } from '@jest/globals';
import { readCorpus } from '../../test/perimeter/corpora/corpora.mjs';
import { labelled, type Labelled } from '../../test/support/personal-data/labelled.js';
import { ownSentences } from '../../test/support/personal-data/own-sentences.js';
import { publicExamples } from '../../test/support/personal-data/public-examples.js';
import type { Finding } from './finding.js';
import { scan } from './scanner.js';

/** What was promised: recall, and the share of texts of ordinary prose in which something is found that nobody would hide. */
const promised = { recall: 0.98, falsePositives: 0.005 };

const covers = (found: Finding, wanted: Finding): boolean =>
  found.kind === wanted.kind && found.begin <= wanted.begin && found.end >= wanted.end;
const overlaps = (one: Finding, other: Finding): boolean => one.begin < other.end && other.begin < one.end;

function measure(texts: readonly Labelled[]) {
  const missed: string[] = [];
  const excess: string[] = [];
  let wanted = 0;
  for (const { text, findings } of texts) {
    const found = scan(text);
    const show = ({ kind, begin, end }: Finding): string => `${kind} ${text.slice(begin, end)} in ${text}`;
    wanted += findings.length;
    missed.push(...findings.filter((one) => !found.some((other) => covers(other, one))).map(show));
    excess.push(...found.filter((one) => !findings.some((other) => overlaps(one, other))).map(show));
  }
  return { recall: 1 - missed.length / wanted, wanted, missed, excess };
}

describe('what the redactor finds in labelled texts', () => {
  it.each([
    ['sentences written for it', ownSentences.map(labelled), 75],
    ['examples of registries, standards and processors', publicExamples().map(labelled), 600],
  ])('is at least 98 % of what is personal in %s, and nothing else', (_name, texts, least) => {
    const { recall, wanted, missed, excess } = measure(texts);
    expect(wanted).toBeGreaterThan(least);
    expect({
      isEnough: recall >= promised.recall,
      missed: recall >= promised.recall ? [] : missed,
      excess,
    }).toEqual({
      isEnough: true,
      missed: [],
      excess: [],
    });
  });

  it('is next to nothing in ordinary prose of thirteen languages', () => {
    const texts = readCorpus('prose-ordinary').map(({ text }) => text);
    const touched = texts.filter((text) => scan(text).length > 0);
    expect(texts.length).toBeGreaterThan(3000);
    // Some of them do hold an address or a number of somebody: they count as well.
    expect({ isRare: touched.length <= promised.falsePositives * texts.length, touched }).toMatchObject({
      isRare: true,
    });
  });
});

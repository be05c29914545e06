import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { goodFacts, type GoodFacts } from '../../../test/support/controls/good-facts.js';
import { broken } from '../../../test/support/controls/broken-facts.js';
import { controlIds, controls, type ControlId } from './catalogue/controls.js';
import { sourceDocuments } from './documents/documents.js';
import { judge, judgeAttestation, worst, type Places, type Status } from './judging/judge.js';
import type { SeenFacts } from './judging/seen.js';

const seen = <Facts extends object>(facts: Facts): SeenFacts<Facts> =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, { value }])) as SeenFacts<Facts>;

const placesOf = ({ inside, outside, recorded, checkout }: GoodFacts): Places => ({
  inside: seen(inside),
  outside: seen(outside),
  recorded: seen(recorded),
  checkout: seen(checkout),
});

const automatic = controlIds.filter((id) => controls[id].check.by !== 'attestation');

const idsWith = (places: Places, status: Status): ControlId[] =>
  automatic.filter((id) => judge(id, places)?.status === status);

describe('an automatic control', () => {
  it('passes, each of them, at what a good production instance shows', () => {
    const places = placesOf(goodFacts());
    expect(automatic.map((id) => judge(id, places)).filter((result) => result?.status !== 'pass')).toEqual(
      [],
    );
  });

  it.each(automatic)('%s fails alone when what it looks at is wrong', (id) => {
    const facts = goodFacts();
    broken[id]?.(facts as never);
    expect(idsWith(placesOf(facts), 'fail')).toEqual([id]);
  });

  it('fails, each of them, when nothing could be looked at', () => {
    const places: Places = { inside: {}, outside: {}, recorded: {}, checkout: {} };
    expect(idsWith(places, 'fail')).toEqual(automatic);
  });

  it('is not looked at where its place was not', () => {
    expect(idsWith({}, 'not_looked_at')).toEqual(automatic);
  });

  const places = (['inside', 'outside', 'recorded', 'checkout'] as const).flatMap((place) =>
    Object.keys(goodFacts()[place]).map((fact) => [place, fact] as const),
  );
  it.each(places)('fails for want of %s fact %s, and no control passes for want of it', (place, fact) => {
    const good = placesOf(goodFacts());
    const without: Places = {
      ...good,
      [place]: Object.fromEntries(Object.entries(good[place] ?? {}).filter(([name]) => name !== fact)),
    };
    expect(idsWith(without, 'fail')).not.toEqual([]);
    expect(idsWith(without, 'not_applicable')).toEqual([]);
  });

  it.each([
    ['an instance at this machine', true, 'not_applicable'],
    ['any other', false, 'fail'],
  ] as const)(
    'on the log of %s is, when nobody says where that is collected (local: %s), %s',
    (_, isLocal, status) => {
      const facts = goodFacts();
      const logStore = { isGiven: false, foundAfterMs: null };
      expect(
        judge('logs/canary', placesOf({ ...facts, recorded: { ...facts.recorded, isLocal, logStore } })),
      ).toMatchObject({
        status,
      });
    },
  );

  it('says what it saw without anything that steers a terminal', () => {
    const facts = goodFacts();
    const health = { ...facts.outside.health, body: '\u001b[2J\u202ehealthy' };
    const result = judge('health/endpoint', placesOf({ ...facts, outside: { ...facts.outside, health } }));
    expect(result?.evidence).toBe('200  [2J healthy');
  });

  it('has a title, something to do, and no evidence of a secret', () => {
    for (const id of controlIds) {
      expect([id, controls[id].title.length > 10, controls[id].remedy.length > 10]).toEqual([id, true, true]);
      expect([id, controls[id].title.length <= 200, controls[id].remedy.length <= 500]).toEqual([
        id,
        true,
        true,
      ]);
    }
  });
});

describe('an attestation', () => {
  const now = Date.UTC(2026, 10, 28);
  const daysAgo = (days: number) => ({ at: new Date(now - days * 86_400_000), reviewer: 'mira' });
  const judged = (...[last, isDeployed = true]: [ReturnType<typeof daysAgo> | null, boolean?]) =>
    judgeAttestation('review/log-errors', 8, last, isDeployed, now).status;

  it.each([
    ['of today counts', daysAgo(0), 'attested'],
    ['of the last day counts', daysAgo(8), 'attested'],
    ['of a day before that fails', daysAgo(8.01), 'fail'],
    ['that nobody made fails', null, 'fail'],
  ] as const)('%s', (_, last, status) => {
    expect(judged(last)).toBe(status);
  });

  it('is not asked of a development instance', () => {
    expect(judged(null, false)).toBe('not_applicable');
  });

  it('says why no program can see it', () => {
    for (const id of controlIds) {
      const { check } = controls[id];
      if (check.by === 'attestation')
        expect([id, check.why.length > 20, check.everyDays > 0]).toEqual([id, true, true]);
    }
  });
});

describe('a line', () => {
  const results = (...statuses: Status[]) =>
    statuses.map((status) => ({ id: 'modes/debug' as const, status, evidence: '' }));
  it.each([
    [['pass', 'fail', 'attested'], 'fail'],
    [['pass', 'not_looked_at'], 'not_looked_at'],
    [['pass', 'attested'], 'attested'],
    [['pass', 'not_applicable'], 'pass'],
    [['not_applicable', 'not_applicable'], 'not_applicable'],
    [[], 'fail'],
  ] as [Status[], Status][])('with controls that are %j is %s', (statuses, status) => {
    expect(worst(results(...statuses))).toBe(status);
  });
});

describe('the documents', () => {
  const linesOf = (id: string): (number | string)[] =>
    sourceDocuments
      .filter((document) => document.id === id)
      .flatMap(({ sections, reportHead }) => [
        ...sections.flatMap(({ lines }) => lines.map(({ line }) => line)),
        ...reportHead,
      ]);

  it.each([
    ['guide', 88],
    ['checklist', 138],
    ['enterprise', 137],
    ['asvs', 58],
    ['api-top-10', 10],
    ['cis-docker', 5],
  ])('%s asks for something in %d lines, each named once', (id, count) => {
    const lines = linesOf(id);
    expect([lines.length, new Set(lines).size]).toEqual([count, count]);
  });

  it('choose a requirement of a standard for a reason', () => {
    const chosen = sourceDocuments.flatMap(({ sections }) =>
      sections.flatMap(({ lines }) => lines.filter(({ line }) => typeof line === 'string')),
    );
    expect(chosen.filter(({ reason }) => (reason ?? '').length < 10)).toEqual([]);
    expect(new Set(chosen.map(({ reason }) => reason)).size).toBe(chosen.length);
  });

  it('use every control at least once', () => {
    const used = new Set(
      sourceDocuments.flatMap(({ sections }) =>
        sections.flatMap(({ lines }) => lines.flatMap(({ controls: ids }) => ids)),
      ),
    );
    expect(controlIds.filter((id) => !used.has(id))).toEqual([]);
  });

  // The documents themselves are kept elsewhere.
  const folder = process.env['SEED_DOCUMENTS'] ?? '';
  const withDocuments = existsSync(folder) ? it : it.skip;
  /** Items of lists, rows of tables, commands, and settings by name. */
  const asks =
    /^\s*- |^\s*\d+\. |^\| `|^\s+"[^"]+": "|^\s*(cp|curl|python|sed|railway|grep|echo|for|nano) |^\s*[A-Z_]+=|^\*\*/;
  /** What only names what follows it, and the state of a plan. */
  const introduces = /^(\d+\.|- \[ \]|-) \*\*[^*]+\*\*:?( \(.*\))?$|^\*\*Status/;
  withDocuments.each([
    ['guide', '# Production Security Deployment Guide'],
    ['checklist', '# Production Security Checklist'],
    ['enterprise', 'Enterprise Security Deployment Guide'],
  ])('name every line of the %s that asks for something', (id, title) => {
    const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8').split('\n'));
    const text = texts.find(([first = '']) => first.trim().endsWith(title)) ?? [];
    expect(text.length).toBeGreaterThan(100);
    const asking = text.flatMap((line, at) =>
      asks.test(line) && !introduces.test(line.trim()) ? [at + 1] : [],
    );
    expect(asking.filter((line) => !linesOf(id).includes(line))).toEqual([]);
    expect(linesOf(id).filter((line) => (text[Number(line) - 1] ?? '').trim() === '')).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { root } from '../../build.ts';
import { compareDescription, judge } from './compare.ts';
import { breaksOf } from './operations.ts';
import type { Part } from './description.ts';
import { publishedRelease } from './publish.ts';
import { releasedDescription, releaseOf, unreleasedHeadings } from './release.ts';

const current = JSON.stringify({ info: { title: 'A', version: '1' }, paths: {} });
const opened =
  '# Changelog\n\n## Unreleased\n\n## 1.1.0 – 2026-11-27\n\n### Added\n\n- a\n\n## 1.0.0\n\n- b\n';
const done = () => releaseOf(current, { changelog: opened, released: null });

describe('the description of a release', () => {
  it('names its version, has its digest in the entry, and leaves the rest as it was', () => {
    const { released, changelog } = done();
    expect(releasedDescription({ released, changelog })).toEqual({
      info: { title: 'A', version: '1', 'x-release': '1.1.0' },
      paths: {},
    });
    expect(changelog.replace(/\nDescription of the API: .*\n/, '')).toBe(opened);
    expect(changelog.indexOf('Description of the API')).toBeLessThan(changelog.indexOf('### Added'));
  });

  it.each([
    ['is missing', () => ({ released: null, changelog: opened }), 'has no docs/openapi.released.json'],
    [
      'belongs to the release before',
      () => ({ ...done(), changelog: done().changelog.replace('## 1.1.0', '## 1.2.0\n\n## 1.1.0') }),
      'is of 1.1.0, the newest release 1.2.0',
    ],
    [
      'has been changed since',
      () => ({ ...done(), released: done().released.replace('"A"', '"B"') }),
      'is not the file whose digest',
    ],
    ['has no digest in the entry', () => ({ ...done(), changelog: opened }), 'is not the file whose digest'],
    [
      'belongs to an entry without a version',
      () => ({ ...done(), changelog: '## Soon\n' }),
      'has no version: Soon',
    ],
    [
      'is there before any release',
      () => ({ ...done(), changelog: '## Unreleased\n\n- a\n' }),
      'belongs to no release',
    ],
  ])('is refused where it %s', (_title, release, message) => {
    expect(() => releasedDescription(release())).toThrow(message);
  });

  it('is none before the first release', () => {
    expect(releasedDescription({ released: null, changelog: '# Changelog\n\n## Unreleased\n' })).toBeNull();
  });

  it.each([
    [
      'where entries are unreleased',
      () => ({ changelog: opened.replace('Unreleased\n', 'Unreleased\n\n- c\n'), released: null }),
      'unreleased entries above 1.1.0',
    ],
    ['twice', done, '1.1.0 was released before'],
    ['twice after the file was lost', () => ({ ...done(), released: null }), '1.1.0 was released before'],
    ['without a heading', () => ({ changelog: '## Unreleased\n', released: null }), 'no heading'],
  ])('is not written %s', (_title, release, message) => {
    expect(() => releaseOf(current, release())).toThrow(message);
  });
});

describe('a release that breaks clients of the one before', () => {
  const paths = { '/a': { get: { responses: {} } } };
  const first = releaseOf(JSON.stringify({ info: {}, paths }), {
    changelog: '# Changelog\n\n## Unreleased\n\n## 1.0.0\n\n- a\n',
    released: null,
  });
  const next = {
    ...first,
    changelog: first.changelog.replace('## 1.0.0', '## 1.1.0\n\n### Removed\n\n- b\n\n## 1.0.0'),
  };
  const without = JSON.stringify({ info: {}, paths: {} });
  const wanted = {
    rule: 'operation-removed',
    where: 'GET /a',
    text: 'is gone',
    reason: 'nobody called it',
    heading: 'Removed',
  };

  it('is refused, and says what breaks', () => {
    expect(() => publishedRelease(without, next, [])).toThrow(
      /operation-removed {2}GET \/a[^]*1 breaking changes: nothing is released/,
    );
  });

  it('is made where an exception names it, and the entry of the release tells of it', () => {
    const { released, changelog } = publishedRelease(without, next, [wanted]);
    expect(releasedDescription({ released, changelog })).toMatchObject({ paths: {} });
  });

  it.each([
    ['under a heading that the entry has not', without, { ...wanted, heading: 'Changed' }],
    ['of what does not break', JSON.stringify({ info: {}, paths }), wanted],
  ])('is refused with an exception %s', (_title, current, exception) => {
    expect(() => publishedRelease(current, next, [exception])).toThrow('nothing is released');
  });

  it('is refused where the description of the one before was changed', () => {
    const changed = { ...next, released: next.released.replace('/a', '/b') };
    expect(() => publishedRelease(without, changed, [])).toThrow('is not the file whose digest');
  });

  it('is none where nothing was released before', () => {
    const changelog = '## Unreleased\n\n## 1.0.0\n';
    expect(publishedRelease(without, { changelog, released: null }, []).released).toContain('1.0.0');
  });
});

describe('a breaking change', () => {
  const found = { rule: 'answer-field-removed', where: 'Cat.purrs', text: 'is sent no longer' };
  const wanted = { ...found, reason: 'nobody read it', heading: 'Removed' };

  it('is a fault', () => {
    expect(judge([found], [], ['Removed'])).toEqual([found]);
  });

  it('is none where an exception names it and the changelog tells of it', () => {
    expect(judge([found], [wanted], ['Added', 'Removed'])).toEqual([]);
  });

  it.each([
    ['another place', { ...found, where: 'Cat.purrs.loudly' }],
    ['another extent', { ...found, text: 'is refused' }],
    ['another rule', { ...found, rule: 'answer-field-optional' }],
  ])('of %s than the exception is a fault, and the exception too', (_title, other) => {
    expect(judge([other], [wanted], ['Removed']).map(({ text }) => text)).toEqual([
      other.text,
      'covers nothing: nobody read it',
    ]);
  });

  it('that clients are not told of stays a fault', () => {
    expect(judge([found], [wanted], ['Added']).map(({ text }) => text)).toEqual([
      'CHANGELOG.md has no unreleased heading "Removed"',
    ]);
  });
});

it('the headings of what is unreleased end at the next release', () => {
  expect(
    unreleasedHeadings('## Unreleased\n\n### Added\n\n- a\n\n### Removed\n\n## 1.0.0\n\n### Fixed\n'),
  ).toEqual(['Added', 'Removed']);
});

describe('the description of this API', () => {
  const read = (): Part => JSON.parse(readFileSync(join(root, 'docs/openapi.json'), 'utf8')) as Part;

  it('breaks no client of the release', async () => {
    expect((await compareDescription()) ?? []).toEqual([]);
  });

  it('breaks nothing of itself', () => {
    expect(breaksOf(read(), read())).toEqual([]);
  });

  it.each([
    ['an operation', '"/api/v1/auth/me":', '"/api/v1/auth/myself":', 'operation-removed'],
    ['a field of answers', '"next_cursor":', '"following_cursor":', 'answer-field-removed'],
    [
      'a bound of requests',
      '"minLength":1,"maxLength":2000,',
      '"minLength":1,"maxLength":1999,',
      'request-bounds-narrowed',
    ],
  ])('shows where %s is changed', (_title, some, other, rule) => {
    const text = JSON.stringify(read());
    expect(text).toContain(some);
    const found = breaksOf(read(), JSON.parse(text.replaceAll(some, other)) as Part);
    expect(found.map((one) => one.rule)).toContain(rule);
  });

  it.each([
    ['removed', ''],
    ['renamed', '"bad_call",'],
  ])('shows a code of problems that is %s', (_title, other) => {
    const text = JSON.stringify(read()).replace('"enum":["bad_request",', `"enum":[${other}`);
    expect(breaksOf(read(), JSON.parse(text) as Part)).toEqual([
      { rule: 'answer-code-removed', where: 'Problem.code', text: 'bad_request' },
    ]);
  });

  it('shows a code that an operation answers no longer', () => {
    const text = JSON.stringify(read()).replaceAll(/"email_taken":\{"\$ref":[^}]*\},?/g, '');
    expect(breaksOf(read(), JSON.parse(text) as Part)).toContainEqual({
      rule: 'answer-code-removed',
      where: 'POST /api/v1/auth/register 409',
      text: 'email_taken',
    });
  });

  it('may get more codes of problems, and no other values of a status', () => {
    const grown = (after: string, value: string): Part =>
      JSON.parse(JSON.stringify(read()).replaceAll(after, `${after},"${value}"`)) as Part;
    expect(breaksOf(read(), grown('"code":{"type":"string","enum":["bad_request"', 'new_code'))).toEqual([]);
    expect(breaksOf(read(), grown('"enum":["queued","processing"', 'paused')).length).toBeGreaterThan(0);
  });
});

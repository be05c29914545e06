import { describe, expect, it } from '@jest/globals';
import { withFiles } from '../../test/support/process/gates.js';
import { faultsOf, migrationFaults } from './migrations.ts';

const rulesOf = (sql: string): string[] => faultsOf('a.sql', sql).map(({ rule }) => rule);

describe('the check of migrations', () => {
  it.each([
    [
      'an index of a table that it makes',
      'create table velro.a (id int);\ncreate index a_id on velro.a (id);',
    ],
    [
      'an index that is made concurrently',
      'create unique index concurrently if not exists a_id on velro.a (id);',
    ],
    [
      'a key of a table that it makes',
      'create table "velro"."a" (id int);\nalter table velro.a add primary key (id);',
    ],
    ['a key by an index', 'alter table velro.a add constraint a_key unique using index a_id;'],
    ['a new column', 'alter table velro.a add column b text;'],
    [
      'policies, triggers and constraints that are replaced',
      'drop policy p on velro.a; drop trigger t on velro.a; alter table velro.a drop constraint c;',
    ],
    [
      'a drop with its note',
      '-- expand/contract: nothing reads it since 0.2.0\nalter table velro.a drop column b;',
    ],
    [
      'words in comments, texts and bodies',
      "-- drop table a\nselect 'drop table a'; create function f() returns void language sql as $$ delete from a; drop table a $$;",
    ],
  ])('allows %s', (_title, sql) => {
    expect(rulesOf(sql)).toEqual([]);
  });

  it.each([
    ['an index', 'create index a_id on velro.a (id);', 'blocking-index'],
    ['an index without a name', 'create index on velro.a (id);', 'blocking-index'],
    [
      'a unique index',
      'CREATE UNIQUE INDEX IF NOT EXISTS "a_id" ON ONLY "velro"."a" USING btree (id);',
      'blocking-index',
    ],
    ['a primary key', 'alter table velro.a add primary key (id);', 'blocking-index'],
    [
      'a unique constraint',
      'alter table only velro.a add column b int, add constraint a_key unique (b);',
      'blocking-index',
    ],
    [
      'an index concurrently beside something else',
      'create index concurrently i on velro.a (id); select 1;',
      'index-alone',
    ],
    ['a drop of a table', 'drop table if exists velro.a;', 'breaking-change'],
    ['a drop of a column', 'alter table velro.a add column c int, drop column b;', 'breaking-change'],
    ['a drop of a column without the word', 'alter table velro.a drop b;', 'breaking-change'],
    ['a drop of a function', 'drop function velro.f(text);', 'breaking-change'],
    ['another name of a table', 'alter table velro.a rename to b;', 'breaking-change'],
    ['another name of a column', 'alter table velro.a rename b to c;', 'breaking-change'],
    ['another type', 'alter table velro.a alter column b type bigint;', 'breaking-change'],
    ['another type, at length', 'alter table velro.a alter b set data type bigint;', 'breaking-change'],
    ['a drop in a block', 'do $$ begin drop table velro.a; end $$;', 'breaking-change'],
    ['a drop behind a text with dashes', "select '--'; drop table velro.a;", 'breaking-change'],
    ['a note that says nothing', '-- expand/contract:\ndrop table velro.a;', 'breaking-change'],
  ])('refuses %s', (_title, sql, rule) => {
    expect(rulesOf(sql)).toEqual([rule]);
  });

  it('judges those that are newer than the check', async () => {
    const files = {
      'supabase/migrations/20261127000002_old.sql': 'drop table velro.a;',
      'supabase/migrations/20261127000003_new.sql': 'drop table velro.a;',
    };
    expect(await withFiles(files, (root) => migrationFaults(root).map(({ where }) => where))).toEqual([
      'supabase/migrations/20261127000003_new.sql',
    ]);
  });
});

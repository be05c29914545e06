import { sql, type RawBuilder } from 'kysely';
import type { DB } from './schema.js';

export type TableName = keyof DB;
export type ColumnOf<T extends TableName> = Extract<keyof DB[T], string>;

/** A person, as rows name them. */
export interface PersonalSubject {
  readonly userId: string;
  /** Keyed hashes of their e-mail address, 32 bytes each: by the present key, and in a rotation by the one before too. */
  readonly accounts: readonly Buffer[];
}

/** The condition that holds for a person's rows of a table. An index must serve it: any table may have a million rows. */
export type RowsOf = (subject: PersonalSubject) => RawBuilder<boolean>;

/** A column that is not exported, and why. */
export interface Withheld {
  readonly withheld: string;
}

/** Types by which pages of an export are continued. */
export type KeyType = 'uuid' | 'text' | 'integer' | 'bigint' | 'date' | 'timestamptz' | 'bytea';

/** Erasers of features, where statements on rows are not enough. */
export type EraserName = 'exports' | 'files' | 'uploads' | 'objects' | 'usage';

/** Functions of the database, where the service's role may not do it by itself: (account uuid, hashes text[], at_most integer) returns integer. */
export type ErasingFunction =
  'erase_ledger' | 'forget_actor' | 'forget_in_events' | 'forget_in_event_details' | 'forget_in_alerts';

/**
 * How rows lose a person. `of`: the rows that must be none afterwards. `delete`: batches of those for which `when` holds, or of all. `set`: others
 * need the row, which loses who it was. `with_account`: the account's own row takes them with it, and they are few.
 */
export type Erasure<C extends string = string> = { readonly of: RowsOf } & (
  | { readonly how: 'delete'; readonly when?: RawBuilder<boolean> }
  | { readonly how: 'set'; readonly cleared: readonly C[] }
  | { readonly how: 'function'; readonly name: ErasingFunction }
  | { readonly how: 'eraser'; readonly name: EraserName }
  | { readonly how: 'with_account' }
);

/** A column by which pages are continued, and what stands for its null. */
export type ExportOrder<C extends string = string> = readonly [column: C, type: KeyType, orElse?: string];

/** What a person is given of their rows. `C`: the columns of the table. */
export interface Exported<C extends string = string> {
  /** What the rows are, for people. */
  readonly title: string;
  readonly of: RowsOf;
  /** Unique within the rows of a person, in the order of an index. */
  readonly order: readonly ExportOrder<C>[];
  /** Every column: the name under which it is shown, or why it is not. */
  readonly columns: Readonly<Record<C, string | Withheld>>;
  /** What is shown besides, by name. */
  readonly besides?: Readonly<Record<string, RawBuilder<unknown>>>;
  /** The columns of an object of the storage that belongs to a row; none while `unreadable` has a value. */
  readonly object?: { readonly id: C; readonly key: C; readonly bytes: C; readonly unreadable?: C };
}

/** What a table holds of persons: what they are given of it, and how it is erased. */
export interface PersonalTable {
  readonly table: TableName;
  /** `notExported`: why nothing is. */
  readonly exported: Exported | { readonly notExported: string };
  readonly erased: readonly Erasure[];
}

/** A declaration whose columns are those of the table, all of them. Collected in src/features/privacy/personal-tables.ts. */
export const personalTable = <T extends TableName>(declared: {
  readonly table: T;
  readonly exported: Exported<ColumnOf<T>> | { readonly notExported: string };
  readonly erased: readonly Erasure<ColumnOf<T>>[];
}): PersonalTable => declared;

export const withheld = (reason: string): Withheld => ({ withheld: reason });

const columnRef = (table: string, column: string): RawBuilder<unknown> => sql.ref(`velro.${table}.${column}`);

/** Rows whose column is the id of the account. */
export const heldBy =
  <T extends TableName>(table: T, column: ColumnOf<T>): RowsOf =>
  ({ userId }) =>
    sql`${columnRef(table, column)} = ${userId}::uuid`;

/** Rows whose column names a row of another table that is the person's. */
export const below =
  <T extends TableName, P extends TableName>(
    table: T,
    column: ColumnOf<T>,
    parent: { readonly table: P; readonly key: ColumnOf<P>; readonly of: RowsOf },
  ): RowsOf =>
  (subject) =>
    sql`${columnRef(table, column)} in (select ${columnRef(parent.table, parent.key)} from ${sql.table(
      `velro.${parent.table}`,
    )} where ${parent.of(subject)})`;

/** Rows whose column is one of these texts. */
export const named =
  <T extends TableName>(
    table: T,
    column: ColumnOf<T>,
    names: (subject: PersonalSubject) => readonly string[],
  ): RowsOf =>
  (subject) =>
    sql`${columnRef(table, column)} = any(${[...names(subject)]}::text[])`;

/** Rows whose column is a keyed hash of the person's address. */
export const hashed =
  <T extends TableName>(table: T, column: ColumnOf<T>): RowsOf =>
  ({ accounts }) =>
    sql`${columnRef(table, column)} = any(${[...accounts]}::bytea[])`;

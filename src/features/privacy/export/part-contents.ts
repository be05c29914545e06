/** Where a part begins: the place of a table, and behind which of its rows; null for its first. */
export interface ExportPosition {
  readonly table: number;
  readonly after: readonly string[] | null;
}

/** Rows of one table in one part. */
export interface PartContents {
  readonly title: string;
  /** `generations`, or in part 2 `generations.2`. */
  readonly name: string;
  readonly rows: number;
}

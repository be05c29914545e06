/** Article 6 of the GDPR. */
export type LegalBasis = 'contract' | 'legitimate interest';

/** A kind of data of persons with an account: what for, and for how long. Each table of `personalTables` is in one of them. */
export interface RetentionRule {
  readonly kind: string;
  readonly tables: readonly string[];
  readonly purpose: string;
  readonly basis: LegalBasis;
  /** With the account at the latest. */
  readonly kept: string;
  /** Files of the tasks that delete it by age, below src; none where it is kept for as long as the account, or until the person deletes it. */
  readonly deletedBy: readonly string[];
  /** The specification that shows it, from the root. */
  readonly shownBy: string;
}

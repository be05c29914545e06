import { ThreatScores, type SharedScore } from '../ports/threat-scores.js';

/** Threat scores in Redis, and in the database while it is away. */
export class FallbackThreatScores extends ThreatScores {
  constructor(
    private readonly shared: ThreatScores,
    private readonly database: ThreatScores,
    private readonly onTrouble: (error: unknown) => void,
  ) {
    super();
  }

  add(evidence: readonly SharedScore[]): Promise<readonly SharedScore[]> {
    return this.first((store) => store.add(evidence));
  }

  announce(subjects: readonly string[]): Promise<void> {
    return this.first((store) => store.announce(subjects));
  }

  announced(): Promise<readonly SharedScore[]> {
    return this.first((store) => store.announced());
  }

  /** In both: what was published while Redis was away must not come back. */
  async forget(subjects: readonly string[]): Promise<void> {
    await Promise.all([this.shared.forget(subjects).catch(this.onTrouble), this.database.forget(subjects)]);
  }

  private first<T>(ask: (store: ThreatScores) => Promise<T>): Promise<T> {
    return ask(this.shared).catch((error: unknown) => {
      this.onTrouble(error);
      return ask(this.database);
    });
  }
}

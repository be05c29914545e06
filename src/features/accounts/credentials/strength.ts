import { Injectable } from '@nestjs/common';
import type { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { commonWordMinLength, estimatePolicy } from '../../../../config/policy/accounts/passwords.js';
import { bare, readings } from './password-text.js';

interface Dictionaries {
  readonly common: ReadonlySet<string>;
  readonly estimator: ZxcvbnFactory;
}

export interface Estimate {
  /** Guesses that an attacker needs, as a decimal logarithm. */
  readonly guessesLog10: number;
  /** Whether the estimate used words of the context. */
  readonly usesContext: boolean;
}

/**
 * Common and breached passwords, and an estimate of the guesses that others need (zxcvbn). The dictionaries take about
 * 15 MB and 100 ms: they are loaded with the first password, not at boot.
 */
@Injectable()
export class Strength {
  private dictionaries: Promise<Dictionaries> | null = null;

  /** Whether it is in a list of common passwords: ignoring case, leet substitutions, and digits and signs around it. */
  async isCommon(password: string): Promise<boolean> {
    const { common } = await this.load();
    const stripped = bare(password);
    const forms = [...readings(password), stripped, ...readings(stripped)];
    return forms.some((form) => [...form].length >= commonWordMinLength && common.has(form));
  }

  /**
   * The highest estimate of a few pieces: bounds the time, and the whole is no weaker than its strongest piece. Stops
   * at the first piece that reaches `enough` (log10).
   */
  async estimate(password: string, context: readonly string[], enough: number): Promise<Estimate> {
    const { estimator } = await this.load();
    let best: Estimate = { guessesLog10: 0, usesContext: false };
    for (const piece of pieces(password)) {
      const { guessesLog10, sequence } = estimator.check(piece, [...context]);
      const usesContext = sequence.some((match) => match.dictionaryName === 'userInputs');
      best = {
        guessesLog10: Math.max(best.guessesLog10, guessesLog10),
        usesContext: best.usesContext || usesContext,
      };
      if (best.guessesLog10 >= enough) break;
    }
    return best;
  }

  private load(): Promise<Dictionaries> {
    this.dictionaries ??= loadDictionaries().catch((error: unknown) => {
      this.dictionaries = null;
      throw error;
    });
    return this.dictionaries;
  }
}

async function loadDictionaries(): Promise<Dictionaries> {
  const [core, international, { default: words }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    // The file of this list alone: the package unpacks others with it, of names and titles, which nothing here uses.
    import('@zxcvbn-ts/language-en/dist/commonWords.json.mjs'),
  ]);
  const passwords = international.dictionary['passwords-common'];
  const estimator = new core.ZxcvbnFactory({
    // Every dictionary adds time to every estimate; names are covered by the context.
    dictionary: { 'passwords-common': passwords, 'commonWords-en': words },
    graphs: international.adjacencyGraphs,
    maxLength: estimatePolicy.pieceLength,
    l33tMaxSubstitutions: estimatePolicy.leetSubstitutions,
  });
  return { common: new Set(passwords), estimator };
}

/** Pieces from the beginning, and the last one. */
function pieces(password: string): string[] {
  const { pieceLength, pieces: most } = estimatePolicy;
  const starts = Array.from({ length: most - 1 }, (_, index) => index * pieceLength);
  const end = Math.max(0, password.length - pieceLength);
  return [...new Set([...starts.filter((start) => start < end), end])].map((start) =>
    password.slice(start, start + pieceLength),
  );
}

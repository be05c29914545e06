import { tokens } from './finding.js';
import { replaced } from './redactor.js';

const names = Object.values(tokens);
const token = new RegExp(`\\[(?:${names.join('|')})_\\d{1,6}\\]`, 'g');
const longestToken = Math.max(...names.map(({ length }) => length)) + '[_999999]'.length;

/** How a value is written where it is put back: as it is, or within a string of JSON. */
export type RestoredForm = 'text' | 'json';

/**
 * Replaces in the texts of one request, and puts back what it replaced, in the answer to that request: `[EMAIL_REDACTED_1]`. The
 * same value has the same token in all of them. It lives as long as the request, in memory alone, and knows nobody else's values.
 */
export class ReversibleRedaction {
  private readonly tokenOf = new Map<string, string>();
  private readonly valueOf = new Map<string, string>();
  private readonly foreign = new Set<string>();
  private count = 0;

  /** Redact all texts of a request before anything is restored. */
  redact(text: string): string {
    // A token that stood in the text before means something else, and stays what it is.
    for (const [found] of text.matchAll(token)) if (!this.valueOf.has(found)) this.foreign.add(found);
    return replaced(text, ({ kind, begin, end }) => this.tokenFor(tokens[kind], text.slice(begin, end)));
  }

  /** The text with the values back in it; a token of another number stays. */
  restore(text: string, form: RestoredForm = 'text'): string {
    return text.replace(token, (found) => {
      const value = this.valueOf.get(found);
      if (value === undefined) return found;
      return form === 'text' ? value : JSON.stringify(value).slice(1, -1);
    });
  }

  /** As `redact` of the redactor leaves it: tokens without numbers, which mean the same in every request. */
  unnumbered(text: string): string {
    return text.replace(token, (found) => (this.valueOf.has(found) ? found.replace(/_\d+\]$/u, ']') : found));
  }

  private tokenFor(name: string, value: string): string {
    const known = this.tokenOf.get(`${name} ${value}`);
    if (known !== undefined) return known;
    let next: string;
    do next = `[${name}_${++this.count}]`;
    while (this.foreign.has(next));
    this.tokenOf.set(`${name} ${value}`, next);
    this.valueOf.set(next, value);
    return next;
  }
}

/** A text that comes in pieces, cut so that no token is in two of them: what may be the beginning of one waits for the next piece. */
export class WholeTokens {
  private waiting = '';

  take(piece: string): string {
    const text = this.waiting + piece;
    const open = text.lastIndexOf('[');
    const mayGoOn = open !== -1 && text.length - open < longestToken && !text.includes(']', open);
    const end = mayGoOn ? open : text.length;
    this.waiting = text.slice(end);
    return text.slice(0, end);
  }

  /** What waited: nothing comes any more. */
  end(): string {
    const rest = this.waiting;
    this.waiting = '';
    return rest;
  }
}

/** Restores a text that comes in pieces. */
export class RestoredStream {
  private readonly tokens = new WholeTokens();

  constructor(
    private readonly redaction: ReversibleRedaction,
    private readonly form: RestoredForm,
  ) {}

  take(piece: string): string {
    return this.redaction.restore(this.tokens.take(piece), this.form);
  }

  /** What waited: nothing comes any more. */
  end(): string {
    return this.tokens.end();
  }
}

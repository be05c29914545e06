import { revocationPolicy } from '../../../config/policy/operations/feed.js';
import type { RevocableClaims } from '../../ports/revocations.js';

/** As the trigger writes it (supabase/migrations: velro.announce_revocation); anybody who may send notifications can send another text. */
const subjectOf = /"subject"\s?:\s?"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"/;

/**
 * Subjects that hints named and no look has answered for yet. What a hint says is not taken for true: whoever it names is answered behind
 * the next look, which all of them share.
 */
export class NamedSubjects {
  /** Token ids, session ids and people, each with the number of the latest hint that named it. */
  private readonly hints = new Map<string, number>();

  constructor(private readonly capacity: number = revocationPolicy.namedSubjects) {}

  /** Whether the text of this hint names somebody, and there is room for it. `hint`: its number, which grows. */
  add(text: string, hint: number): boolean {
    if (text.length > revocationPolicy.hintCharacters) return false;
    const subject = subjectOf.exec(text)?.[1];
    if (subject === undefined || (this.hints.size >= this.capacity && !this.hints.has(subject))) return false;
    this.hints.set(subject, hint);
    return true;
  }

  /** Whether a token with these claims may be revoked by what was named. */
  concern({ jti, sid, sub }: RevocableClaims): boolean {
    return this.hints.size > 0 && (this.hints.has(jti) || this.hints.has(sid) || this.hints.has(sub));
  }

  /** Whom no later hint named: a look has ended that began after this one. */
  forgetUntil(hint: number): void {
    for (const [subject, number] of this.hints) if (number <= hint) this.hints.delete(subject);
  }
}

import type { ReversibleRedaction } from '../../../../redaction/reversible-redaction.js';
import type { EndedAnswer, RunParts } from './runs.repository.js';
import { merged, type StreamPart } from './stream-part.js';

export interface Follower {
  part(part: StreamPart): void;
  end(): void;
}

/** One answer while it is given here: its parts for whoever asked, and those that wait to be written. */
export class ChatRun {
  /** Ends the call of the model. */
  readonly stopping = new AbortController();
  /** Resolves once the answer has ended; never rejects. */
  readonly ended: Promise<EndedAnswer>;
  private readonly parts: StreamPart[] = [];
  private readonly followers = new Set<Follower>();
  private unwritten: StreamPart[] = [];
  /** Taken to be written, and not known to be. */
  private taken: RunParts[] = [];
  private rows = 0;
  private hasEnded = false;
  private settle: (answer: EndedAnswer) => void = () => undefined;

  constructor(
    readonly id: string,
    readonly conversationId: string,
    readonly answerId: string,
    /** Of what its question says, where the answer has it back; null: it is given as it is kept. */
    private readonly redaction: ReversibleRedaction | null,
  ) {
    this.ended = new Promise((resolve) => (this.settle = resolve));
  }

  /** A token of the redaction is whole in a part. */
  push(part: StreamPart): void {
    const { redaction } = this;
    const shown = redaction === null ? part : withText(part, (text) => redaction.restore(text));
    this.parts.push(shown);
    this.unwritten.push(redaction === null ? part : withText(part, (text) => redaction.unnumbered(text)));
    for (const follower of this.followers) follower.part(shown);
  }

  /** The answer as it is kept. */
  kept(answer: EndedAnswer): EndedAnswer {
    return this.redaction === null ? answer : { ...answer, text: this.redaction.unnumbered(answer.text) };
  }

  /** What came already, then each part as it comes. */
  follow(follower: Follower): () => void {
    for (const part of merged(this.parts)) follower.part(part);
    if (this.hasEnded) {
      follower.end();
      return () => undefined;
    }
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }

  /** The parts that are not known to be written, in as few rows as they make; a row stays the same however often it is taken. */
  takeUnwritten(): readonly RunParts[] {
    for (const part of merged(this.unwritten)) this.taken.push({ runId: this.id, number: this.rows++, part });
    this.unwritten = [];
    return [...this.taken];
  }

  /** All rows before `number` are written. */
  confirm(number: number): void {
    this.taken = this.taken.filter((row) => row.number >= number);
  }

  end(answer: EndedAnswer): void {
    const { redaction } = this;
    this.hasEnded = true;
    for (const follower of this.followers) follower.end();
    this.followers.clear();
    this.settle(redaction === null ? answer : { ...answer, text: redaction.restore(answer.text) });
  }
}

const withText = (part: StreamPart, change: (text: string) => string): StreamPart =>
  'delta' in part ? { ...part, delta: change(part.delta) } : part;

/**
 * Judgements of texts that come again and again, each made once. Bounded by beginning anew when it is full: the few that
 * matter are back at once. Long texts are nobody's everyday, and are judged each time.
 */
export class BoundedCache<T extends object | boolean> {
  private readonly known = new Map<string, T>();

  constructor(
    private readonly bounds: { readonly entries: number; readonly characters: number },
    private readonly compute: (text: string) => T,
  ) {}

  get(text: string): T {
    const found = this.known.get(text);
    if (found !== undefined) return found;
    const judgement = this.compute(text);
    if (text.length > this.bounds.characters) return judgement;
    if (this.known.size >= this.bounds.entries) this.known.clear();
    this.known.set(text, judgement);
    return judgement;
  }
}

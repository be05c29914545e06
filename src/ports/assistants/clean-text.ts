/**
 * Pieces of a text as they come, each well-formed: half of a surrogate pair at the end of one waits for the next, and what nothing can
 * store (NUL, a lone surrogate) does not pass.
 */
export class CleanText {
  private held = '';

  take(piece: string): string {
    let text = this.held + piece;
    this.held = '';
    const last = text.charCodeAt(text.length - 1);
    if (last >= 0xd800 && last <= 0xdbff) {
      this.held = text.slice(-1);
      text = text.slice(0, -1);
    }
    return text.replaceAll('\0', '').toWellFormed();
  }
}

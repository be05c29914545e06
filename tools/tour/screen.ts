/** Terminal output of the tour. The progress bar is redrawn in place, or printed as lines when the output is no terminal. */
export class Screen {
  private readonly alive = process.stdout.isTTY;
  private lastPlain = '';

  step(title: string): void {
    process.stdout.write(`\n${this.paint(1, title)}\n`);
  }

  fact(text: string): void {
    process.stdout.write(`  ${text}\n`);
  }

  /** Prints a request that was refused as expected. */
  refusal(status: number, text: string): void {
    process.stdout.write(`  ${this.paint(33, String(status))} ${text}\n`);
  }

  progress(percent: number, text: string): void {
    const width = 30;
    const filled = Math.round((percent / 100) * width);
    const line = `  ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${String(percent).padStart(3)} %  ${text}`;
    if (this.alive) process.stdout.write(`\r${line.padEnd(60)}${percent === 100 ? '\n' : ''}`);
    else if (line !== this.lastPlain) process.stdout.write(`${line}\n`);
    this.lastPlain = line;
  }

  fail(text: string): void {
    process.stderr.write(`\n${this.paint(31, text)}\n`);
  }

  private paint(code: number, text: string): string {
    return this.alive ? `\u001b[${code}m${text}\u001b[0m` : text;
  }
}

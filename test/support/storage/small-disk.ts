import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system in memory, of its own size, that can really be full. Mounting one takes the rights of root. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** Mounts it at a folder, which is made. */
  static mount(folder: string, bytes: number): SmallDisk {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=700`, 'none', folder], {
      stdio: 'ignore',
    });
    return new SmallDisk(folder);
  }

  /** Whether this process may mount one. */
  static isPermitted(): boolean {
    const folder = mkdtempSync(join(tmpdir(), 'velro-mount-'));
    try {
      SmallDisk.mount(folder, 65_536).unmount();
      return true;
    } catch {
      return false;
    } finally {
      rmdirSync(folder);
    }
  }

  /** Leaves so many bytes free. */
  fill(freeBytes = 0): void {
    const { bavail, bsize } = statfsSync(this.folder);
    writeFileSync(join(this.folder, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)));
  }

  clear(): void {
    rmSync(join(this.folder, 'ballast'), { force: true });
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.folder], { stdio: 'ignore' });
  }
}

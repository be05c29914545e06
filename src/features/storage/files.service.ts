import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../config/config.js';
import { Problem } from '../../errors/problem.js';
import type { Caller } from '../../guards/route/caller.js';
import { MediaLinks, type Linked } from './media-links.js';
import { FileRemoval } from './removal/file-removal.js';
import type { FileKind, StorageUsage, StoredFile } from './file.js';
import { FilesRepository } from './files.repository.js';
import { pageOf, rowsOf, type Page, type PageRequest } from '../../database/page.js';

/** Files of the caller. The id of another account's file is `not_found`. */
@Injectable()
export class FilesService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly files: FilesRepository,
    private readonly removal: FileRemoval,
    private readonly links: MediaLinks,
  ) {}

  async list(caller: Caller, kind: FileKind | null, page: PageRequest): Promise<Page<StoredFile>> {
    return pageOf(await this.files.list(caller, kind, rowsOf(page), page.cursor), page);
  }

  /** @throws Problem `not_found` */
  async get(caller: Caller, id: string): Promise<StoredFile> {
    const file = await this.files.find(caller, id);
    if (file === null) throw new Problem('not_found');
    return file;
  }

  /** For whatever reads its bytes. @throws Problem `not_found`, `file_quarantined` */
  async readable(caller: Caller, id: string): Promise<StoredFile> {
    const file = await this.get(caller, id);
    if (file.isQuarantined) throw new Problem('file_quarantined');
    return file;
  }

  /** A link that expires after `seconds`. @throws Problem `not_found`, `file_quarantined` */
  async sign(caller: Caller, id: string, seconds: number): Promise<Linked<StoredFile>> {
    const [linked] = await this.links.sign([await this.readable(caller, id)], seconds);
    if (linked === undefined) throw new Error('a file without its link');
    return linked;
  }

  /** @throws Problem `not_found`, `generation_running` */
  async remove(caller: Caller, id: string): Promise<void> {
    await this.get(caller, id);
    if ((await this.removal.remove(caller.userId, [id])) > 0) return;
    // Deleted concurrently, or in use.
    await this.get(caller, id);
    throw new Problem('generation_running');
  }

  /** @throws Problem `not_found` */
  async usage(caller: Caller): Promise<StorageUsage & { readonly quotaBytes: number }> {
    const usage = await this.files.usage(caller);
    if (usage === null) throw new Problem('not_found');
    return { ...usage, quotaBytes: this.config.uploads.quotaBytes };
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Log } from '../../observability/log.js';
import { StorageHealth } from '../../ports/object-storage.js';

/** Logs when the storage takes no objects any more, and when it takes them again. */
@Injectable()
export class StorageWatch implements OnModuleInit {
  constructor(
    private readonly health: StorageHealth,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.health.listen((up, cause) => {
      if (up) this.log.info('the storage takes objects again');
      else this.log.error('the storage takes no objects', { cause });
    });
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../config/config.js';
import type { ThreatLevel } from '../../config/policy/perimeter/threats.js';
import { BlockList } from './block-list.js';
import { ThreatLevels } from './threat-levels.js';

export interface ThreatFigures {
  readonly mode: Config['threatResponses'];
  /** Number of subjects at each level. */
  readonly levels: Readonly<Record<ThreatLevel, number>>;
  readonly blocksInForce: number;
}

/** Threat posture of this instance, from memory. */
@Injectable()
export class ThreatPosture {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly levels: ThreatLevels,
    private readonly blocks: BlockList,
  ) {}

  read(): ThreatFigures {
    return {
      mode: this.config.threatResponses,
      levels: this.levels.count(),
      blocksInForce: this.blocks.size,
    };
  }
}

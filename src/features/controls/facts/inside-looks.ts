import { Injectable } from '@nestjs/common';
import { lookAt, type SeenFacts } from '../judging/seen.js';
import { AssistantsLooks } from './assistants-looks.js';
import { ConfigurationLooks } from './configuration-looks.js';
import { CustodyLooks } from './custody-looks.js';
import { DatabaseLooks } from './database-looks.js';
import type { InsideFacts } from './inside-facts.js';
import { ProcessLooks } from './process-looks.js';

/** Looks at everything that the service can see of itself. */
@Injectable()
export class InsideLooks {
  constructor(
    private readonly configuration: ConfigurationLooks,
    private readonly database: DatabaseLooks,
    private readonly process: ProcessLooks,
    private readonly custody: CustodyLooks,
    private readonly assistants: AssistantsLooks,
  ) {}

  /** Whether everything that is asked of a deployment is asked of this instance. */
  get isDeployed(): boolean {
    return this.configuration.isDeployed;
  }

  /** `requestId`: of whose request a model is asked; null: none is, and what it would say is unseen. */
  look(requestId: string | null): Promise<SeenFacts<InsideFacts>> {
    return lookAt<InsideFacts>({
      ...this.configuration.looks(),
      ...this.database.looks(),
      ...this.process.looks(),
      ...this.custody.looks(),
      ...this.assistants.looks(requestId),
    });
  }
}

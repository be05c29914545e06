import { Injectable } from '@nestjs/common';
import { Problem } from '../../../../errors/problem.js';
import { mayUse, type Caller } from '../../../../guards/route/caller.js';
import { ModelsService } from '../../../models/models.service.js';
import { PricedModels } from '../../gateway/priced-models.js';
import { isDrawnFromText } from '../images/image-orders.js';

/** Models that clients of OpenAI may name: of language, and of pictures. */
@Injectable()
export class OpenAiModels {
  constructor(
    private readonly language: PricedModels,
    private readonly pictures: ModelsService,
  ) {}

  /** Those that the caller's key may use. */
  list(caller: Caller): readonly string[] {
    const pictures = this.pictures.list().filter(isDrawnFromText);
    return [...this.language.names, ...pictures.map(({ id }) => id)].filter((id) => mayUse(caller, id));
  }

  /** @throws Problem `model_unknown` */
  require(caller: Caller, id: string): string {
    if (!this.list(caller).includes(id)) throw new Problem('model_unknown');
    return id;
  }
}

import type { Config } from '../../config/config.js';
import { LanguageModels, type LanguageModel } from '../ports/assistants/language-model.js';
import { AiSdkModel } from './ai-sdk/ai-sdk-model.js';
import { LocalModel } from './local-model/local-model.js';

class ConfiguredModels extends LanguageModels {
  constructor(
    readonly first: LanguageModel | null,
    readonly second: LanguageModel | null,
  ) {
    super();
  }
}

export interface Answering {
  readonly models: LanguageModels;
  /** Loads what the first call needs; failures are left to that call. */
  warm(): Promise<void>;
}

/** The language models that are configured. */
export function createAnswering({ first, second }: Config['ai']): Answering {
  const remote: AiSdkModel[] = [];
  const modelOf = (access: typeof first): LanguageModel | null => {
    if (access === null) return null;
    if (access.provider === 'local') return new LocalModel();
    const model = new AiSdkModel(access);
    remote.push(model);
    return model;
  };
  const models = new ConfiguredModels(modelOf(first), modelOf(second));
  return {
    models,
    warm: async () => {
      await Promise.allSettled(remote.map((model) => model.warm()));
    },
  };
}
